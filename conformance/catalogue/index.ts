/** Every clause, in the order of reports. */
import type { Clause } from "../suite/clause.ts";
import { configurationClauses } from "./configuration.ts";
import { environmentClauses } from "./environment.ts";
import { hostLocalClauses } from "./host-local.ts";

export const catalogue: readonly Clause[] = [
  ...environmentClauses,
  ...hostLocalClauses,
  ...configurationClauses,
];
