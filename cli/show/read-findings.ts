/** Reads everything that is to be shown. Nothing is changed, and no lock is taken: looking is in nobody's way. */
import { listEveryCached } from "../../cni/runtime/result-cache.ts";
import { listGuards } from "../../firewall/list-guards.ts";
import { listMasquerade } from "../../firewall/list-masquerade.ts";
import { isWithoutNftables } from "../../firewall/refusals.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { decodeInterfaceAddress, listAddresses } from "../../netlink/route/address.ts";
import { listBridgeVlans, vlansByIndex } from "../../netlink/route/bridge-vlan.ts";
import { decodeLink, listLinks } from "../../netlink/route/link.ts";
import { decodeForwarding, listForwarding } from "../../netlink/route/neighbour.ts";
import { decodeRoute, listRoutes } from "../../netlink/route/route.ts";
import { openNetfilterIfAny, openRoute } from "../../plugin/kernel.ts";
import { readSysctl } from "../../plugin/sysctl.ts";
import { readText } from "../../sys/folder.ts";
import { cache, cacheFolder } from "../net/outside.ts";
import type { Findings } from "./findings.ts";
import { leaseFolders, readLeases } from "./read-leases.ts";
import { readNamespaces } from "./read-namespaces.ts";
import { Sources } from "./sources.ts";

/** @param configurations folder of network configurations, which say where else leases are */
export function readFindings(configurations: string): Findings {
  const sources = new Sources();
  using route = openRoute();
  const attachments = sources.read(cacheFolder, [], () => listEveryCached(cache));
  const kernel = readKernel(route, sources);
  const known = { links: kernel.links, attachments };
  const folders = sources.read(configurations, leaseFolders(undefined), () => leaseFolders(configurations));
  const found = {
    ...kernel,
    ...readFirewall(sources),
    attachments,
    host: sources.read("the host's name", "", () => readText("/proc/sys/kernel/hostname", 256).trim()),
    forwarding: sources.read("/proc/sys/net", {}, readForwarding),
    namespaces: readNamespaces(route, sources, known),
    leases: folders.flatMap((folder) => sources.read(folder, [], () => readLeases(folder))),
  };
  return { ...found, unreadable: sources.unreadable };
}

function readKernel(route: Conversation, sources: Sources) {
  const learned = () => route.dump(listForwarding()).map(decodeForwarding);
  return {
    links: sources.read("links", [], () => route.dump(listLinks()).map(decodeLink)),
    addresses: sources.read("addresses", [], () => readAddresses(route)),
    routes: sources.read("routes", [], () => [...readRoutes(route, 4), ...readRoutes(route, 6)]),
    learned: sources.read("MAC addresses that bridges have learned", [], learned).filter(isThere),
    vlans: sources.read<Findings["vlans"]>("VLANs of bridges", new Map(), () => readVlans(route)),
  };
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function readAddresses(route: Conversation) {
  return route.dump(listAddresses({})).map(decodeInterfaceAddress).filter(isThere);
}

function readRoutes(route: Conversation, family: 4 | 6) {
  return route.dump(listRoutes(family)).map(decodeRoute).filter(isThere);
}

function readVlans(route: Conversation): Findings["vlans"] {
  return vlansByIndex(route.dump(listBridgeVlans()));
}

function readForwarding(): Findings["forwarding"] {
  const ipv4 = readSysctl("ipv4", "ip_forward");
  const ipv6 = readSysctl("ipv6", "conf", "all", "forwarding");
  return {
    ipv4: ipv4 === undefined ? undefined : ipv4 === "1",
    ipv6: ipv6 === undefined ? undefined : ipv6 === "1",
  };
}

function readFirewall(sources: Sources): Pick<Findings, "masquerade" | "guards"> {
  const nothing = { masquerade: [], guards: [] };
  return sources.read("nf_tables", nothing, () => {
    using netfilter = openNetfilterIfAny();
    if (netfilter === undefined) return nothing;
    const conversation: Conversation = netfilter;
    const unlessWithout = <T>(read: (of: Conversation) => T[]): T[] => {
      try {
        return read(conversation);
      } catch (error) {
        if (isWithoutNftables(error)) return [];
        throw error;
      }
    };
    return { masquerade: unlessWithout(listMasquerade), guards: unlessWithout(listGuards) };
  });
}
