/**
 * A network's part of a bridge that keeps frames to their VLANs: which VLANs the container's port has, and which interface of the
 * host is in them. Loaded only for networks with VLANs.
 */
import { changeBridgeVlans, type BridgeMember } from "../../../netlink/route/bridge-vlan.ts";
import { portsOf, type Bridge } from "../bridge-link.ts";
import { hostVlan, planPortVlans } from "./port-vlans.ts";
import type { FailedAttempt } from "../switch-state.ts";
import { takeBackUnused } from "../take-back.ts";
import { provideFiltering } from "./filtering.ts";
import { provideGatewayInterface } from "./gateway.ts";
import { gatewayName } from "./keys.ts";
import type { HostInterface, Work } from "../work.ts";

export interface Segment {
  /** What the containers' packets come in by, whether the network has a gateway there or not. */
  readonly hostInterfaceName: string;
  /** Gives a new port its VLANs, before anything is sent by it. @throws NetlinkError */
  setPortVlans(port: BridgeMember): void;
  /** The interface for the gateways' addresses; undefined where that is the bridge itself. @throws CniError */
  provideHostInterface(bridge: Bridge): HostInterface | undefined;
}

/** Makes the bridge filter VLANs. @throws CniError 105 where the kernel cannot */
export function openSegment(work: Work, bridge: Bridge): Segment {
  const { route, configuration, request, host, undo } = work;
  const { defaultPvid } = provideFiltering(work, bridge);
  const vlan = hostVlan(configuration, defaultPvid);
  const made: { gateway?: FailedAttempt } = {};
  // Registered before the port is made, and so run when the port is gone again.
  undo("take back what the VLAN needs no more", () => {
    takeBackUnused({ route, host, log: request.log }, bridge.index, made.gateway);
  });
  return {
    hostInterfaceName: vlan === undefined ? bridge.name : gatewayName(bridge.name, vlan),
    setPortVlans(port) {
      route.requestAll(changeBridgeVlans(port, planPortVlans(configuration, defaultPvid)));
    },
    provideHostInterface(place) {
      if (vlan === undefined) return undefined;
      const gateway = provideGatewayInterface(work, { bridge: place, vlan });
      if (gateway.isNew) made.gateway = { vlan, portsThen: portsOf(route, bridge) };
      return gateway;
    },
  };
}
