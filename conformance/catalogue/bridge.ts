/** BRG: the keys of the bridge plugin, and what users of the reference plugin rely on. */
import type { Clause } from "../suite/clause.ts";
import { bridgeCheckClauses } from "./bridge-check.ts";
import { bridgeContainerClauses } from "./bridge-container.ts";
import { bridgeDeviceClauses } from "./bridge-device.ts";
import { bridgeGatewayClauses } from "./bridge-gateway.ts";
import { bridgeMasqueradeClauses } from "./bridge-masquerade.ts";
import { bridgePortClauses } from "./bridge-port.ts";
import { bridgeRemovalClauses } from "./bridge-removal.ts";
import { bridgeResultClauses } from "./bridge-result.ts";
import { bridgeRouteClauses } from "./bridge-route.ts";
import { bridgeSpoofingClauses } from "./bridge-spoofing.ts";
import { bridgeVlanClauses } from "./bridge-vlan.ts";
import { bridgeVlanValueClauses } from "./bridge-vlan-values.ts";

/** In the order of their numbers. */
export const bridgeClauses: readonly Clause[] = [
  ...bridgeDeviceClauses,
  ...bridgeContainerClauses,
  ...bridgePortClauses,
  ...bridgeGatewayClauses,
  ...bridgeRouteClauses,
  ...bridgeResultClauses,
  ...bridgeSpoofingClauses,
  ...bridgeMasqueradeClauses,
  ...bridgeRemovalClauses,
  ...bridgeCheckClauses,
  ...bridgeVlanValueClauses,
  ...bridgeVlanClauses,
].map((clause) => ({ ...clause, types: ["bridge", "trestle"] }));
