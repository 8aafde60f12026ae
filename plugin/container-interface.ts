/** The container's interface: up, with its addresses and routes, and known to its neighbours. */
import { CniError, errorCodes } from "../cni/error.ts";
import { formatPrefix } from "../inet/prefix.ts";
import type { Conversation } from "../netlink/conversation.ts";
import type { Request } from "../netlink/message.ts";
import { addAddress, interfaceAddressFlags } from "../netlink/route/address.ts";
import { changeLink } from "../netlink/route/link.ts";
import { addRoute } from "../netlink/route/route.ts";
import { sleepMs } from "../sys/libc.ts";
import type { NetworkNamespace } from "../sys/namespace.ts";
import { addressesOf, type EthernetLink } from "./links.ts";
import { setSysctl, tryToSetSysctl } from "./sysctl.ts";
import type { AddressPlan, PlannedAddress, PlannedRoute } from "./address-plan.ts";

interface Options {
  /** Wait for duplicate address detection (RFC 4862) instead of doing without. */
  readonly duplicateDetection: boolean;
}

function hasInet6(ips: readonly PlannedAddress[]): boolean {
  return ips.some((ip) => ip.address.address.family === 6);
}

/** IPv6 settings of the interface; to be called in the container's namespace. @throws SyscallError */
function prepareInet6(name: string, { duplicateDetection }: Options): void {
  for (const link of ["lo", name]) setSysctl("0", "ipv6", "conf", link, "disable_ipv6");
  setSysctl("1", "ipv6", "conf", name, "keep_addr_on_down");
  tryToSetSysctl(duplicateDetection ? "1" : "0", "ipv6", "conf", name, "accept_dad");
  if (duplicateDetection) tryToSetSysctl("1", "ipv6", "conf", name, "enhanced_dad");
  // Setting the MAC address later sends unsolicited neighbour advertisements.
  tryToSetSysctl("1", "ipv6", "conf", name, "ndisc_notify");
}

function routeRequest(route: PlannedRoute, link: EthernetLink): Request {
  return addRoute({
    destination: route.dst,
    gateway: route.gw,
    interfaceIndex: link.index,
    source: route.source,
    priority: route.priority,
    table: route.table,
    scope: route.scope,
    mtu: route.mtu,
    advmss: route.advmss,
  });
}

/** Brings the container's interface up with addresses and routes, in one datagram. @throws NetlinkError, SyscallError */
export function configureContainer(
  inside: Conversation,
  target: { container: NetworkNamespace; link: EthernetLink; plan: AddressPlan },
  options: Options,
): void {
  const { container, link, plan } = target;
  const placement = { index: link.index, interfaceName: link.name, prefixRoute: plan.isNetworkOnLink };
  if (hasInet6(plan.ips)) container.run(() => prepareInet6(link.name, options));
  inside.requestAll([
    changeLink(link, { up: true, arpNotify: true }),
    ...plan.ips.map((ip) => addAddress({ ...placement, prefix: ip.address, ...options })),
    ...plan.kernelRoutes.map((route) => routeRequest(route, link)),
  ]);
}

/**
 * Tells neighbours about the addresses: gratuitous ARP (RFC 5227 section 3) and unsolicited neighbour advertisement
 * (RFC 4861 section 7.2.6). The kernel sends both when a MAC address is set, also to what it was; a packet socket of our
 * own would cost a grace period when it closes. Only useful once frames get through: a bridge has to forward.
 */
export function announce(inside: Conversation, link: EthernetLink): void {
  inside.request(changeLink(link, { mac: link.mac }));
}

const longestSettleMs = 10_000;
const settleStepMs = 50;

/** Waits until no address is tentative. @throws CniError when an address is a duplicate or never settles */
export function waitForDuplicateDetection(inside: Conversation, link: EthernetLink): void {
  for (let waitedMs = 0; ; waitedMs += settleStepMs) {
    const addresses = addressesOf(inside, link.index);
    const failed = addresses.find((address) => (address.flags & interfaceAddressFlags.dadFailed) !== 0);
    if (failed !== undefined) {
      throw new CniError(
        errorCodes.addressUnavailable,
        `link ${link.name} has address ${formatPrefix(failed.prefix)} in DADFAILED state`,
        {
          details:
            "another host on the link has this address; choose another range or remove that host's address",
        },
      );
    }
    if (!addresses.some((address) => (address.flags & interfaceAddressFlags.tentative) !== 0)) return;
    if (waitedMs >= longestSettleMs) {
      throw new CniError(
        errorCodes.tryAgainLater,
        `link ${link.name} still has tentative addresses after ${longestSettleMs / 1000} seconds`,
      );
    }
    sleepMs(settleStepMs);
  }
}
