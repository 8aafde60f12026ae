/** A tap in a container's namespace, as the reference plugin makes it: for a virtual machine that runs in a container. */
import { CniError, errorCodes } from "../../cni/error.ts";
import { isDnsEmpty, type Result } from "../../cni/result.ts";
import { formatMac } from "../../inet/mac.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { changeLink } from "../../netlink/route/link.ts";
import { withUndo, type Undo } from "../../sdk/undo.ts";
import { planAttachment, type AddressPlan } from "../address-plan.ts";
import { macAddresses } from "../attachment.ts";
import { findBridge } from "../bridge/bridge-link.ts";
import { configureContainer } from "../container-interface.ts";
import { openRouteIn } from "../kernel.ts";
import { leaseAddresses } from "../lease.ts";
import type { TapCall } from "./call.ts";
import { isTapOf, makeTap, removeTap, type Tap } from "./device.ts";

export async function addInContainer(call: TapCall): Promise<Result> {
  using route = openRouteIn(call.namespace);
  // Awaited here: what `using` holds is closed as soon as this function returns.
  return await withUndo(call.request.log, (undo) => attach(call, route, undo));
}

async function attach(call: TapCall, route: Conversation, undo: Undo): Promise<Result> {
  const { request, keys, namespace, attachment, ownerLabel } = call;
  const tap = await makeTap(
    { namespace, route, undo },
    {
      attachment,
      keys,
      mac: keys.mac ?? macAddresses(attachment).container,
      mtu: keys.mtu,
      master: bridgeIndex(call, route),
      ownerLabel,
    },
  );
  request.log.debug("tap ready", { name: tap.name });
  const removeLink = () =>
    void removeTap(route, tap.name, (link) => isTapOf(link, ownerLabel) && link.index === tap.index);
  const lease = await leaseAddresses(request, { type: keys.ipam.type, undo, removeLink });
  const plan = planAttachment(lease, { isGateway: false, isDefaultGateway: false });
  configure(call, { route, tap, plan });
  return {
    interfaces: [{ name: tap.name, mac: formatMac(tap.mac), mtu: tap.mtu, sandbox: request.netns }],
    ips: plan.ips.map((ip) => ({ ...ip, interface: 0 })),
    routes: plan.routes,
    dns: isDnsEmpty(keys.dns) ? lease.dns : keys.dns,
  };
}

/** @throws CniError 7 when there is no such bridge in the container */
function bridgeIndex({ keys, namespace }: TapCall, route: Conversation): number | undefined {
  if (keys.bridge === undefined) return undefined;
  const bridge = findBridge(route, keys.bridge);
  if (bridge !== undefined) return bridge.index;
  throw new CniError(
    errorCodes.invalidConfiguration,
    `there is no bridge "${keys.bridge}" in "${namespace.path}"`,
    {
      details:
        'the bridge of a tap in a container has to be in that container; for one on the host\'s bridge set CNI_NETNS to "/proc/self/ns/net"',
    },
  );
}

/** The port of a bridge takes no packets for itself: addresses are then the machine's that opens the tap. */
function configure(
  { keys, namespace }: TapCall,
  { route, tap, plan }: { route: Conversation; tap: Tap; plan: AddressPlan },
): void {
  if (keys.bridge !== undefined) return void route.request(changeLink(tap, { up: true }));
  // Until a program opens the device it has no carrier, and duplicate address detection would not end.
  configureContainer(route, { container: namespace, link: tap, plan }, { duplicateDetection: false });
}
