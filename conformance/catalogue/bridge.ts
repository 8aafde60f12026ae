/** BRG: the keys of the bridge plugin, and what users of the reference plugin rely on. */
import type { Clause } from "../suite/clause.ts";
import { bridgeCheckClauses } from "./bridge-check.ts";
import { bridgeDamageClauses } from "./bridge-damage.ts";
import { bridgeContainerClauses } from "./bridge-container.ts";
import { bridgeSettingClauses } from "./bridge-setting.ts";
import { bridgeDeviceClauses } from "./bridge-device.ts";
import { bridgeMacClauses } from "./bridge-mac.ts";
import { bridgeGatewayClauses } from "./bridge-gateway.ts";
import { bridgeConflictClauses } from "./bridge-conflict.ts";
import { bridgeMasqueradeClauses } from "./bridge-masquerade.ts";
import { bridgeMasqueradeBackendClauses } from "./bridge-masquerade-backend.ts";
import { bridgePortClauses } from "./bridge-port.ts";
import { bridgeRemovalClauses } from "./bridge-removal.ts";
import { bridgeResultClauses } from "./bridge-result.ts";
import { bridgeLayer2Clauses } from "./bridge-layer2.ts";
import { bridgeAnswerClauses } from "./bridge-answer.ts";
import { bridgeRouteClauses } from "./bridge-route.ts";
import { bridgeSpoofingClauses } from "./bridge-spoofing.ts";
import { bridgeVlanClauses } from "./bridge-vlan.ts";
import { bridgeVlanTrunkClauses } from "./bridge-vlan-trunk.ts";
import { bridgeVlanGatewayClauses } from "./bridge-vlan-gateway.ts";
import { bridgeVlanValueClauses } from "./bridge-vlan-values.ts";

/** In the order of their numbers. */
export const bridgeClauses: readonly Clause[] = [
  ...bridgeDeviceClauses,
  ...bridgeMacClauses,
  ...bridgeContainerClauses,
  ...bridgeSettingClauses,
  ...bridgePortClauses,
  ...bridgeGatewayClauses,
  ...bridgeConflictClauses,
  ...bridgeRouteClauses,
  ...bridgeResultClauses,
  ...bridgeLayer2Clauses,
  ...bridgeAnswerClauses,
  ...bridgeSpoofingClauses,
  ...bridgeMasqueradeClauses,
  ...bridgeMasqueradeBackendClauses,
  ...bridgeRemovalClauses,
  ...bridgeCheckClauses,
  ...bridgeDamageClauses,
  ...bridgeVlanValueClauses,
  ...bridgeVlanClauses,
  ...bridgeVlanTrunkClauses,
  ...bridgeVlanGatewayClauses,
].map((clause) => ({ ...clause, types: ["bridge", "trestle"] }));
