/** Every clause, in the order of reports. */
import type { Clause } from "../suite/clause.ts";
import { environmentClauses } from "./environment.ts";

export const catalogue: readonly Clause[] = [...environmentClauses];
