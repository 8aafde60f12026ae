/** CHECK: the interface, what it sits on, its addresses and routes, compared with what ADD promised. */
import { demandPreviousResult } from "../../cni/previous-result.ts";
import type { Request } from "../../cni/request.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { planAttachment } from "../address-plan.ts";
import { openContainerNamespace } from "../container-namespace.ts";
import {
  inspectAddresses,
  inspectInterface,
  inspectLease,
  inspectRoutes,
  tellDifferences,
  type Inspection,
} from "../inspection.ts";
import { openRoute, openRouteIn } from "../kernel.ts";
import { findLink, type NamedLink } from "../links.ts";
import type { UpperConfiguration, UpperKind } from "./kind.ts";

export async function checkUpper<C extends UpperConfiguration>(
  request: Request,
  kind: UpperKind<C>,
): Promise<void> {
  const configuration = kind.readConfiguration(request);
  const previous = demandPreviousResult(request);
  const plan = planAttachment(previous, { isGateway: false, isDefaultGateway: false });
  await tellDifferences(request, async (differs) => {
    const inspection = { request, previous, plan, differs };
    await inspectLease(inspection, configuration.ipam.type);
    inspect(inspection, kind, configuration);
  });
}

function inspect<C extends UpperConfiguration>(
  inspection: Inspection,
  kind: UpperKind<C>,
  configuration: C,
): void {
  using container = openContainerNamespace(inspection.request);
  using outside = openRoute();
  using inside = openRouteIn(container);
  const expected = { kind: kind.kind, isUp: true, mtu: configuration.mtu };
  const link = inspectInterface(inspection, inside, expected);
  if (link === undefined) return;
  for (const difference of kind.differences(link, configuration)) inspection.differs(difference);
  const route = configuration.linkInContainer ? inside : outside;
  inspectMaster(inspection, { route, link, configuration, lowerIndex: (lower) => kind.lowerIndex(lower) });
  inspectAddresses(inspection, inside, link);
  inspectRoutes(inspection, inside, link);
}

/** That of the default route may have been another when the interface was made. */
function inspectMaster(
  { differs }: Inspection,
  found: {
    route: Conversation;
    link: NamedLink;
    configuration: UpperConfiguration;
    lowerIndex: (lower: NamedLink) => number | undefined;
  },
): void {
  const { route, link, configuration, lowerIndex } = found;
  if (configuration.master === undefined) return;
  const lower = findLink(route, { name: configuration.master });
  if (lower === undefined) differs(`master "${configuration.master}" is missing`);
  else if (lowerIndex(lower) !== link.link)
    differs(`"${link.name}" is not on master "${configuration.master}"`);
}
