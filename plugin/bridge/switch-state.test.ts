import { describe, expect, test } from "@jest/globals";
import type { Link } from "../../netlink/route/link.ts";
import { gatewaysOf, unusedGateways, usersOf, type SwitchState } from "./switch-state.ts";

const bridge: Link = { index: 10, flags: 1, name: "br0", linkInfo: { kind: "bridge" } };

function vlanLink(index: number, id: number, more: Partial<Link> = {}): Link {
  const data = Uint8Array.of(6, 0, 1, 0, id, 0, 0, 0, 6, 0, 5, 0, 0x81, 0, 0, 0);
  const name = `br0.${id}`;
  const alias = "trestle gateway of br0";
  return { index, flags: 1, name, link: 10, alias, linkInfo: { kind: "vlan", data }, ...more };
}

const port = (index: number, alias = "net one eth0"): Link => ({ index, flags: 1, master: 10, alias });

function state(links: readonly Link[], vlans: Readonly<Record<number, readonly [number, number][]>> = {}) {
  const members = Object.entries(vlans).map(
    ([index, ranges]) =>
      [
        Number(index),
        ranges.map(([first, last]) => ({ first, last, isPvid: false, isUntagged: false })),
      ] as const,
  );
  const found: SwitchState = { bridge, links: [bridge, ...links], vlans: new Map(members) };
  return found;
}

describe("gatewaysOf()", () => {
  test("finds what we made on this bridge", () => {
    const renamed = vlanLink(21, 20, { name: "other", alias: "trestle gateway of br1 was-member" });
    const found = gatewaysOf(state([vlanLink(20, 10), renamed]));
    expect(found.map(({ link, vlan, mark }) => [link.index, vlan, mark.wasMember])).toEqual([
      [20, 10, false],
      [21, 20, true],
    ]);
  });

  test.each([
    { what: "without a mark", link: vlanLink(20, 10, { alias: "" }) },
    { what: "with another mark", link: vlanLink(20, 10, { alias: "trestle subinterface of br0" }) },
    { what: "on another link", link: vlanLink(20, 10, { link: 11 }) },
    { what: "on a link of another namespace", link: vlanLink(20, 10, { linkNamespaceId: 0 }) },
    { what: "of another kind", link: vlanLink(20, 10, { linkInfo: { kind: "veth" } }) },
  ])("leaves one $what", ({ link }) => {
    expect(gatewaysOf(state([link]))).toEqual([]);
  });
});

describe("unusedGateways()", () => {
  const gateways = [vlanLink(20, 10), vlanLink(21, 20)];
  const upper: Link = { index: 40, flags: 1, link: 21, linkInfo: { kind: "macvlan" } };
  const unused = (links: readonly Link[], vlans: Parameters<typeof state>[1]) =>
    unusedGateways(state([...gateways, ...links], vlans)).map(({ vlan }) => vlan);

  test.each([
    { what: "all without ports", links: [], vlans: { 10: [[1, 20]] as [number, number][] }, found: [10, 20] },
    { what: "those whose VLAN no port has", links: [port(30)], vlans: { 30: [[10, 10]] }, found: [20] },
    { what: "but not what carries another", links: [port(31, ""), upper], vlans: {}, found: [10] },
    { what: "none of a port's range", links: [port(30)], vlans: { 30: [[5, 25]] }, found: [] },
    { what: "all but a stranger's", links: [port(30, "")], vlans: { 30: [[20, 20]] }, found: [10] },
    {
      what: "all that only an uplink has",
      links: [port(30, "trestle uplink of br0"), port(31, "trestle subinterface of br0")],
      vlans: { 30: [[1, 4094]], 31: [[10, 10]] },
      found: [10, 20],
    },
    {
      what: "all that only ports of other bridges have",
      links: [{ ...port(30), master: 11 }],
      vlans: { 30: [[10, 20]] },
      found: [10, 20],
    },
  ] as { what: string; links: Link[]; vlans: Record<number, [number, number][]>; found: number[] }[])(
    "are $what",
    ({ links, vlans, found }) => {
      expect(unused(links, vlans)).toEqual(found);
    },
  );
});

describe("the gateway of a failed attempt", () => {
  const gateways = [vlanLink(20, 10), vlanLink(21, 20)];
  const vlans: Parameters<typeof state>[1] = { 30: [[10, 20]], 31: [[10, 10]] };

  test.each([
    { what: "goes when others have the VLAN that were there before", portsThen: [30, 31], found: [10] },
    { what: "stays when somebody came", portsThen: [30], found: [] },
  ])("$what", ({ portsThen, found }) => {
    const now = state([...gateways, port(30, ""), port(31)], vlans);
    expect(unusedGateways(now, { vlan: 10, portsThen }).map(({ vlan }) => vlan)).toEqual(found);
  });
});

test("usersOf() are ports but those that connect the bridge", () => {
  const links = [
    port(30),
    port(31, ""),
    port(32, "trestle uplink of br0 alias net one eth0"),
    vlanLink(20, 10),
  ];
  expect(usersOf(state(links)).map(({ index }) => index)).toEqual([30, 31]);
});
