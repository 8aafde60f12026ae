/** loopback: brings `lo` up in the container's namespace. */
import { lookUp } from "../../cni/configuration.ts";
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Plugin, Request } from "../../cni/request.ts";
import type { Result } from "../../cni/result.ts";
import { formatPrefix } from "../../inet/prefix.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import type { InterfaceAddress } from "../../netlink/route/address.ts";
import { changeLink, linkFlags } from "../../netlink/route/link.ts";

import { openContainerNamespace, openRemainingNamespace } from "../container-namespace.ts";
import { openRouteIn } from "../kernel.ts";
import { addressesOf, findLink } from "../links.ts";

/** 127.0.0.0/8 and ::1. */
function isLoopback({ prefix: { address } }: InterfaceAddress): boolean {
  if (address.family === 4) return address.bytes[0] === 127;
  return address.bytes.every((byte, at) => byte === (at === 15 ? 1 : 0));
}

function loopbackOf(inside: Conversation) {
  const link = findLink(inside, { name: "lo" });
  if (link === undefined) throw new CniError(errorCodes.kernelFailure, 'the container has no interface "lo"');
  return link;
}

function refuseForeign(addresses: readonly InterfaceAddress[]): void {
  const foreign = addresses.find((address) => !isLoopback(address));
  if (foreign === undefined) return;
  throw new CniError(
    errorCodes.interfaceInUse,
    `loopback interface found with non-loopback address "${formatPrefix(foreign.prefix)}"`,
    { details: 'remove the address from "lo" in the container' },
  );
}

/** Reading results is only loaded for chains: alone, as containerd calls it, the plugin has none. */
async function previousResult({ configuration }: Request): Promise<Result | undefined> {
  if (lookUp(configuration.json, "prevResult") === undefined) return undefined;
  const { readPreviousResult } = await import("../../cni/previous-result.ts");
  return readPreviousResult(configuration.json, configuration.version);
}

async function add(request: Request): Promise<Result> {
  const previous = await previousResult(request);
  using container = openContainerNamespace(request);
  using inside = openRouteIn(container);
  const link = loopbackOf(inside);
  refuseForeign(addressesOf(inside, link.index));
  inside.request(changeLink(link, { up: true }));
  if (previous !== undefined) return previous;
  return {
    interfaces: [{ name: "lo", mac: "00:00:00:00:00:00", mtu: link.mtu, sandbox: request.netns }],
    ips: addressesOf(inside, link.index).map(({ prefix }) => ({ interface: 0, address: prefix })),
    routes: [],
    dns: {},
  };
}

async function check(request: Request): Promise<void> {
  const { demandPreviousResult } = await import("../../cni/previous-result.ts");
  demandPreviousResult(request);
  using container = openContainerNamespace(request);
  using inside = openRouteIn(container);
  if ((loopbackOf(inside).flags & linkFlags.up) === 0) {
    throw new CniError(errorCodes.checkFailed, "loopback interface is down", {
      details: 'bring "lo" up in the container, or ADD again',
    });
  }
}

function del(request: Request): void {
  using container = openRemainingNamespace(request);
  if (container === undefined) return;
  using inside = openRouteIn(container);
  inside.request(changeLink(loopbackOf(inside), { up: false }));
}

export const loopback: Plugin = {
  add,
  check,
  del: async (request) => del(request),
  gc: async () => undefined,
  status: async () => undefined,
};
