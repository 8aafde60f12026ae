/** The bridge as the gateway of what is attached to it. */
import { formatPrefix, type Prefix } from "../../inet/prefix.ts";
import { familiesOf, type AddressPlan } from "../address-plan.ts";
import type { EthernetLink } from "../links.ts";
import { enableForwarding } from "../sysctl.ts";
import {
  applyAddresses,
  globalAddresses,
  pinMac,
  planAddresses,
  portsOf,
  type Bridge,
} from "./bridge-link.ts";
import type { Work } from "./work.ts";

/** @param target the port is the one that this ADD made */
export function provideGateway(
  work: Work,
  target: { port: EthernetLink; bridge: Bridge; plan: AddressPlan },
): void {
  const { configuration } = work;
  const { port, bridge, plan } = target;
  if (plan.gateways.length > 0) setGatewayAddresses(work, { port, bridge, gateways: plan.gateways });
  if (!configuration.isGateway && !configuration.ipMasq) return;
  for (const family of familiesOf(plan)) enableForwarding(family);
  work.request.log.debug("gateway ready", { gateways: plan.gateways.map(formatPrefix) });
}

function setGatewayAddresses(
  { route, configuration, host, undo }: Work,
  target: { port: EthernetLink; bridge: Bridge; gateways: readonly Prefix[] },
): void {
  const { bridge, port: own } = target;
  const existing = bridge.isNew ? [] : globalAddresses(route, bridge.index);
  const changes = planAddresses(existing, target.gateways, {
    bridge: bridge.name,
    forceAddress: configuration.forceAddress,
  });
  if (changes.added.length + changes.removed.length === 0) return;
  const portsBefore = portsOf(route, bridge);
  undo("restore the bridge's addresses", () => {
    // Whoever was attached since relies on the gateway as it is now.
    const newcomers = portsOf(route, bridge).filter((port) => !portsBefore.includes(port));
    const isOurs = newcomers.every((port) => port === own.index);
    if (!isOurs || !host.tryToOwnAlone()) return;
    applyAddresses(route, bridge, { added: changes.removed, removed: changes.added });
  });
  applyAddresses(route, bridge, changes);
  pinMac(route, bridge);
}
