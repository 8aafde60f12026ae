/** Every clause, in the order of reports. */
import type { Clause } from "../suite/clause.ts";
import { addClauses } from "./add.ts";
import { bridgeClauses } from "./bridge.ts";
import { configurationClauses } from "./configuration.ts";
import { delClauses } from "./del.ts";
import { environmentClauses } from "./environment.ts";
import { errorClauses } from "./error.ts";
import { hostLocalClauses } from "./host-local.ts";
import { loopbackClauses } from "./loopback.ts";
import { outputClauses } from "./output.ts";
import { resultClauses } from "./result.ts";
import { versionClauses } from "./version.ts";

export const catalogue: readonly Clause[] = [
  ...environmentClauses,
  ...configurationClauses,
  ...outputClauses,
  ...resultClauses,
  ...versionClauses,
  ...errorClauses,
  ...addClauses,
  ...delClauses,
  ...bridgeClauses,
  ...hostLocalClauses,
  ...loopbackClauses,
];
