import { describe, expect, test } from "@jest/globals";
import { encodeAttributes } from "../../../netlink/attributes.ts";
import { bridgeAttributes, linkFlags, type Link } from "../../../netlink/route/link.ts";
import { u16, u16be } from "../../../netlink/payload.ts";
import type { NamedLink } from "../../links.ts";
import { otherUplinkFault } from "./others.ts";
import type { UplinkWish } from "./wish.ts";

const up = linkFlags.up;

function bridgeWith(settings: { stpState?: number; vlanFiltering?: number } = {}): NamedLink {
  const data = encodeAttributes(bridgeAttributes, { ...settings, vlanDefaultPvid: 1 });
  return { name: "br0", index: 3, flags: up, linkInfo: { kind: "bridge", data } };
}

function port(name: string, index: number, alias?: string): NamedLink {
  return { name, index, flags: up, master: 3, alias };
}

function vlanPort(name: string, id: number, below: { link: number; alias?: string }): Link {
  const data = encodeAttributes({ id: [1, u16], protocol: [5, u16be] } as const, { id, protocol: 0x8100 });
  return { name, index: 100 + id, flags: up, master: 3, linkInfo: { kind: "vlan", data }, ...below };
}

const eth1 = port("eth1", 7);
const trunk: UplinkWish = { name: "eth1", port: "eth1", subinterfaceVlan: undefined, movesAddresses: false };
const ten: UplinkWish = { ...trunk, port: "eth1.10", subinterfaceVlan: 10 };

const sub = "trestle subinterface of br0";
const twenty = vlanPort("eth1.20", 20, { link: 7, alias: sub });
const container = port("veth0123456789a", 20, "net one eth0");
const eth2 = port("eth2", 8, "trestle uplink of br0");

describe("otherUplinkFault()", () => {
  test.each<{ what: string; wish: UplinkWish; bridge?: NamedLink; ports?: Link[]; says: RegExp }>([
    {
      what: "another VLAN of the cable",
      wish: ten,
      ports: [container, twenty],
      says: /"br0" has "eth1.20" .* VLAN 10 and VLAN 20$/,
    },
    {
      what: "another VLAN of the cable, by somebody else",
      wish: ten,
      ports: [vlanPort("v20", 20, { link: 7 })],
      says: /VLAN 10 and VLAN 20$/,
    },
    {
      what: "another VLAN of another cable of ours",
      wish: ten,
      ports: [vlanPort("eth2.20", 20, { link: 8, alias: sub })],
      says: /VLAN 10 and VLAN 20$/,
    },
    { what: "another cable of ours", wish: ten, ports: [eth2], says: /VLAN 10 and that of "eth2"$/ },
    { what: "the cable itself", wish: ten, ports: [eth1], says: /VLAN 10 and that of "eth1"$/ },
    {
      what: "a bridge that filters",
      wish: ten,
      bridge: bridgeWith({ vlanFiltering: 1 }),
      says: /"br0" filters VLANs/,
    },
    {
      what: "a VLAN, for a whole cable",
      wish: { ...trunk, name: "eth2", port: "eth2" },
      bridge: bridgeWith({ stpState: 1 }),
      ports: [twenty],
      says: /that of "eth2" and VLAN 20$/,
    },
    { what: "a second cable", wish: trunk, ports: [container, eth2], says: /"eth2" as well .* a loop$/ },
    {
      what: "a second cable with the same VLAN",
      wish: ten,
      ports: [vlanPort("eth2.10", 10, { link: 8, alias: sub })],
      says: /"eth2.10" as well .* a loop$/,
    },
  ])("$what is one", ({ wish, bridge = bridgeWith(), ports = [], says }) => {
    const fault = otherUplinkFault(wish, { uplink: eth1, bridge, ports });
    expect(fault).toEqual({ message: expect.stringMatching(says), mend: expect.stringMatching(/./) });
  });

  test.each<{ what: string; wish: UplinkWish; bridge?: NamedLink | undefined; ports: Link[] }>([
    { what: "no bridge yet", wish: ten, bridge: undefined, ports: [] },
    { what: "containers alone", wish: ten, bridge: bridgeWith(), ports: [container] },
    {
      what: "the same sub-interface",
      wish: ten,
      bridge: bridgeWith(),
      ports: [container, vlanPort("eth1.10", 10, { link: 7, alias: sub })],
    },
    {
      what: "the same cable",
      wish: trunk,
      bridge: bridgeWith({ vlanFiltering: 1 }),
      ports: [container, { ...eth1, alias: "trestle uplink of br0" }],
    },
    { what: "a cable of somebody else", wish: trunk, bridge: bridgeWith(), ports: [port("eth2", 8)] },
    {
      what: "a VLAN of another cable, by somebody else",
      wish: ten,
      bridge: bridgeWith(),
      ports: [vlanPort("eth2.20", 20, { link: 8 })],
    },
    { what: "the spanning tree protocol", wish: trunk, bridge: bridgeWith({ stpState: 1 }), ports: [eth2] },
  ])("$what is none", ({ wish, bridge, ports }) => {
    expect(otherUplinkFault(wish, { uplink: eth1, bridge, ports })).toBeUndefined();
  });
});
