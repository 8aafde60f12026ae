/** Every mutant, in the order of the clauses. */
import { attachmentMutants } from "./attachment.ts";
import { bridgeMutants } from "./bridge.ts";
import { bridgeVlanMutants } from "./bridge-vlan.ts";
import { configurationMutants } from "./configuration.ts";
import { delegationMutants } from "./delegation.ts";
import { environmentMutants } from "./environment.ts";
import { hostLocalMutants } from "./host-local.ts";
import { loopbackMutants } from "./loopback.ts";
import type { Mutant } from "./mutant.ts";
import { outputMutants } from "./output.ts";
import { resultMutants } from "./result.ts";
import { upkeepMutants } from "./upkeep.ts";

export const mutants: readonly Mutant[] = [
  ...environmentMutants,
  ...configurationMutants,
  ...outputMutants,
  ...resultMutants,
  ...attachmentMutants,
  ...upkeepMutants,
  ...delegationMutants,
  ...bridgeMutants,
  ...bridgeVlanMutants,
  ...hostLocalMutants,
  ...loopbackMutants,
];
