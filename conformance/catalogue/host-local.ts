/** HLO: the IPAM plugin host-local. */
import type { Clause } from "../suite/clause.ts";
import { keyClauses } from "./host-local-keys.ts";
import { layoutClauses } from "./host-local-layout.ts";
import { rangeClauses } from "./host-local-ranges.ts";
import { refusalClauses } from "./host-local-refusals.ts";
import { requestClauses } from "./host-local-requests.ts";

export const hostLocalClauses: readonly Clause[] = [
  ...rangeClauses,
  ...keyClauses,
  ...refusalClauses,
  ...requestClauses,
  ...layoutClauses,
];
