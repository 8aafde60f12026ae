/** The bridge as the gateway of what is attached to it. */
import { formatPrefix, type Prefix } from "../../inet/prefix.ts";
import { familiesOf, type AddressPlan } from "../address-plan.ts";
import type { EthernetLink } from "../links.ts";
import { enableForwarding } from "../sysctl.ts";
import {
  applyAddresses,
  globalAddresses,
  isUndisturbed,
  planAddresses,
  portsOf,
  type Bridge,
} from "./bridge-link.ts";
import { pinMac } from "./bridge-mac.ts";
import { mayHoldMarks } from "./switch-marks.ts";
import type { HostInterface, Work } from "./work.ts";

export interface GatewayPlace {
  /** The port that this ADD made. */
  readonly port: EthernetLink;
  readonly bridge: Bridge;
  /** What gets the addresses: the bridge itself, or its interface in the network's VLAN. */
  readonly hostInterface: HostInterface;
}

export async function provideGateway(work: Work, place: GatewayPlace, plan: AddressPlan): Promise<void> {
  const { configuration } = work;
  if (plan.gateways.length > 0) await setGatewayAddresses(work, place, plan.gateways);
  if (!configuration.isGateway && !configuration.ipMasq) return;
  for (const family of familiesOf(plan)) enableForwarding(family);
  work.request.log.debug("gateway ready", { gateways: plan.gateways.map(formatPrefix) });
}

async function setGatewayAddresses(
  work: Work,
  { bridge, hostInterface, port: own }: GatewayPlace,
  gateways: readonly Prefix[],
): Promise<void> {
  const { route, configuration, undo } = work;
  const existing = hostInterface.isNew ? [] : globalAddresses(route, hostInterface.index);
  const changes = planAddresses(existing, gateways, {
    bridge: hostInterface.name,
    forceAddress: configuration.forceAddress,
  });
  if (changes.added.length + changes.removed.length === 0) return;
  if (hostInterface.index === bridge.index && mayHoldMarks(bridge.alias))
    (await import("./uplink/moved.ts")).refuseHostsBridge(route, bridge);
  const portsBefore = portsOf(route, bridge);
  undo("restore the bridge's addresses", () => {
    if (!isUndisturbed(work, bridge, [...portsBefore, own.index])) return;
    applyAddresses(route, hostInterface, { added: changes.removed, removed: changes.added });
  });
  applyAddresses(route, hostInterface, changes);
  pinMac(route, bridge);
}
