/** What an interface is besides its addresses, when it takes over those of another: IPv6 settings, and that neighbours know it. */
import { sameMac } from "../../../inet/mac.ts";
import type { Log } from "../../../cni/log.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { NetlinkError } from "../../../netlink/netlink-error.ts";
import { changeLink } from "../../../netlink/route/link.ts";
import type { EthernetLink } from "../../links.ts";
import { readSysctl, setSysctl, tryToSetSysctl } from "../../sysctl.ts";
import { bridgeSettingNames, type BridgeSettings } from "../switch-marks.ts";

/** The settings of an interface that decide whether its addresses stay and are renewed. */
export function readBridgeSettings(name: string): BridgeSettings {
  return bridgeSettingNames.map((setting) => readSysctl("ipv6", "conf", name, setting) ?? "-");
}

/** @throws CniError 106 where IPv6 cannot be switched on; without the others addresses are not renewed by routers */
export function applyBridgeSettings(name: string, settings: BridgeSettings): void {
  for (const [at, setting] of bridgeSettingNames.entries()) {
    const value = settings[at] ?? "-";
    if (value === "-") continue;
    const set = setting === "disable_ipv6" ? setSysctl : tryToSetSysctl;
    set(value, "ipv6", "conf", name, setting);
  }
}

/**
 * Tells neighbours that addresses are found at another MAC address now (gratuitous ARP, unsolicited neighbour
 * advertisement). The kernel does when a MAC address is set, also to what it was; not done where it stays the same. Where it
 * fails, the neighbours find out by themselves.
 */
export function announceAt(
  { route, log }: { readonly route: Conversation; readonly log: Log },
  to: EthernetLink,
  before: Uint8Array,
): void {
  if (sameMac(to.mac, before)) return;
  const keys = [
    ["ipv4", "conf", to.name, "arp_notify"],
    ["ipv6", "conf", to.name, "ndisc_notify"],
  ];
  const old = keys.map((key) => readSysctl(...key));
  try {
    for (const key of keys) tryToSetSysctl("1", ...key);
    route.request(changeLink(to, { mac: to.mac }));
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    log.warn("neighbours were not told of the new MAC address", { interface: to.name, why: error.message });
  } finally {
    for (const [at, key] of keys.entries()) tryToSetSysctl(old[at] ?? "0", ...key);
  }
}
