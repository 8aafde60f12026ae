/** Every clause, in the order of reports. */
import type { Clause } from "../suite/clause.ts";
import { addClauses } from "./add.ts";
import { argumentClauses } from "./arguments.ts";
import { bridgeClauses } from "./bridge.ts";
import { capabilityClauses } from "./capabilities.ts";
import { chainingClauses } from "./chaining.ts";
import { checkClauses } from "./check.ts";
import { configurationClauses } from "./configuration.ts";
import { delClauses } from "./del.ts";
import { delegationClauses } from "./delegation.ts";
import { environmentClauses } from "./environment.ts";
import { errorClauses } from "./error.ts";
import { gcClauses } from "./gc.ts";
import { hostLocalClauses } from "./host-local.ts";
import { latencyClauses } from "./latency.ts";
import { loopbackClauses } from "./loopback.ts";
import { outputClauses } from "./output.ts";
import { resultClauses } from "./result.ts";
import { statusClauses } from "./status.ts";
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
  ...checkClauses,
  ...gcClauses,
  ...statusClauses,
  ...argumentClauses,
  ...capabilityClauses,
  ...chainingClauses,
  ...delegationClauses,
  ...latencyClauses,
  ...bridgeClauses,
  ...hostLocalClauses,
  ...loopbackClauses,
];
