/** CHECK: both ends, their addresses and routes, forwarding, masquerade and lease, compared with what ADD promised. */
import { demandPreviousResult } from "../../cni/previous-result.ts";
import type { Request } from "../../cni/request.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { formatAddress } from "../../inet/address.ts";
import { interfaceNameFault } from "../../inet/interface-name.ts";
import { formatPrefix, samePrefix } from "../../inet/prefix.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { linkFlags } from "../../netlink/route/link.ts";
import { decodeRoute, listRoutes } from "../../netlink/route/route.ts";
import { familiesOf } from "../address-plan.ts";
import { attachmentOf, hexDigest, hostEndName } from "../attachment.ts";
import { openContainerNamespace } from "../container-namespace.ts";
import {
  compareMac,
  compareMtu,
  inspectAddresses,
  inspectForwarding,
  inspectInterface,
  inspectLease,
  inspectMasquerade,
  inspectRoutes,
  isInContainer,
  tellDifferences,
  type Inspection,
} from "../inspection.ts";
import { openRoute, openRouteIn } from "../kernel.ts";
import { addressesOf, findLink, type NamedLink } from "../links.ts";
import { readConfiguration, type PtpConfiguration } from "./configuration.ts";
import { alone, planPointToPoint } from "./plan.ts";

export async function check(request: Request): Promise<void> {
  const configuration = readConfiguration(request);
  const previous = demandPreviousResult(request);
  const plan = planPointToPoint(previous);
  await tellDifferences(request, async (differs) => {
    const inspection = { request, previous, plan, differs };
    await inspectLease(inspection, configuration.ipam.type);
    await inspect(inspection, configuration);
  });
}

async function inspect(inspection: Inspection, configuration: PtpConfiguration): Promise<void> {
  const { request, plan, differs } = inspection;
  using container = openContainerNamespace(request);
  using route = openRoute();
  using inside = openRouteIn(container);
  const expected = { kind: "veth", isUp: true, mtu: configuration.mtu };
  const end = inspectInterface(inspection, inside, expected);
  const hostEnd = end && inspectHostEnd(inspection, { route, end });
  if (end !== undefined) {
    inspectAddresses(inspection, inside, end);
    inspectRoutes(inspection, inside, end);
  }
  inspectForwarding(inspection);
  const attachment = attachmentOf(request);
  const interfaceName = hostEnd?.name ?? hostEndName(attachment);
  const subject = { attachment, ownerLabel: ownerLabel(attachment, hexDigest), interfaceName, ips: plan.ips };
  await inspectMasquerade(subject, configuration, differs);
}

/** The host end is found as the peer of the container's: attachments made by the reference plugin pass as well. */
function inspectHostEnd(
  inspection: Inspection,
  { route, end }: { route: Conversation; end: NamedLink },
): NamedLink | undefined {
  const { previous, plan, differs } = inspection;
  const listed = previous.interfaces.find(
    (link) => !isInContainer(link) && interfaceNameFault(link.name) === undefined,
  );
  const hostEnd = listed && findLink(route, { name: listed.name });
  if (hostEnd === undefined || hostEnd.index !== end.link || hostEnd.link !== end.index) {
    differs(`the host end of "${end.name}" is missing`);
    return undefined;
  }
  if ((hostEnd.flags & linkFlags.up) === 0) differs(`host end "${hostEnd.name}" is down`);
  compareMac(differs, hostEnd, listed);
  compareMtu(differs, hostEnd, listed?.mtu);
  const present = addressesOf(route, hostEnd.index);
  for (const gateway of plan.gateways) {
    if (present.some(({ prefix }) => samePrefix(prefix, gateway))) continue;
    differs(`gateway address ${formatPrefix(gateway)} is missing on host end "${hostEnd.name}"`);
  }
  inspectRoutesTo(inspection, route, hostEnd);
  return hostEnd;
}

function inspectRoutesTo({ plan, differs }: Inspection, route: Conversation, hostEnd: NamedLink): void {
  const routes = [...familiesOf(plan)]
    .flatMap((family) => route.dump(listRoutes(family)).map(decodeRoute))
    .filter((found) => found?.interfaceIndex === hostEnd.index);
  for (const { address } of plan.ips) {
    const wanted = alone(address.address);
    if (routes.some((found) => found !== undefined && samePrefix(found.destination, wanted))) continue;
    differs(`the host's route to ${formatAddress(address.address)} by "${hostEnd.name}" is missing`);
  }
}
