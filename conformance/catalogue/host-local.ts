/** HLO: the IPAM plugin host-local. */
import type { Clause } from "../suite/clause.ts";
import { collectionClauses } from "./host-local-collection.ts";
import { keyClauses } from "./host-local-keys.ts";
import { layoutClauses } from "./host-local-layout.ts";
import { rangeClauses } from "./host-local-ranges.ts";
import { readinessClauses } from "./host-local-readiness.ts";
import { refusalClauses } from "./host-local-refusals.ts";
import { releaseClauses } from "./host-local-release.ts";
import { requestClauses } from "./host-local-requests.ts";
import { roundClauses } from "./host-local-rounds.ts";
import { safetyClauses } from "./host-local-safety.ts";

export const hostLocalClauses: readonly Clause[] = [
  ...rangeClauses,
  ...keyClauses,
  ...refusalClauses,
  ...requestClauses,
  ...layoutClauses,
  ...roundClauses,
  ...releaseClauses,
  ...collectionClauses,
  ...readinessClauses,
  ...safetyClauses,
];
