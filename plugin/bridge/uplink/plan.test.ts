import { describe, expect, test } from "@jest/globals";
import { encodeAttributes } from "../../../netlink/attributes.ts";
import { movableAddresses } from "../../../netlink/route/address-move.ts";
import { linkFlags } from "../../../netlink/route/link.ts";
import { u16, u16be } from "../../../netlink/payload.ts";
import type { NamedLink } from "../../links.ts";
import { bridgeAddressFault, isDone, markFor, missingUplink, planUplink, type UplinkFacts } from "./plan.ts";
import type { UplinkWish } from "./wish.ts";

const wish: UplinkWish = { name: "eth1", port: "eth1", subinterfaceVlan: undefined, movesAddresses: false };
const inVlan: UplinkWish = { ...wish, port: "eth1.10", subinterfaceVlan: 10 };

const bridge: NamedLink = { name: "br0", index: 3, flags: linkFlags.up, linkInfo: { kind: "bridge" } };
const eth1: NamedLink = { name: "eth1", index: 7, flags: linkFlags.up };

function vlanLink(id: number, more: Partial<NamedLink> = {}): NamedLink {
  const data = encodeAttributes({ id: [1, u16], protocol: [5, u16be] } as const, { id, protocol: 0x8100 });
  return {
    name: "eth1.10",
    index: 9,
    flags: linkFlags.up,
    link: 7,
    linkInfo: { kind: "vlan", data },
    ...more,
  };
}

function facts(more: Partial<UplinkFacts> = {}): UplinkFacts {
  return {
    uplink: eth1,
    port: eth1,
    bridge,
    mark: undefined,
    addresses: [],
    hasRoutes: false,
    otherMaster: undefined,
    ports: [],
    isWireless: false,
    ...more,
  };
}

/** 192.0.2.5/24 on link 7, as the kernel lists it. */
const addresses = movableAddresses(
  [
    {
      type: 20,
      flags: 2,
      sequence: 1,
      body: Uint8Array.of(2, 24, 128, 0, 7, 0, 0, 0, 8, 0, 2, 0, 192, 0, 2, 5),
    },
  ],
  7,
);

function both(link: Partial<NamedLink>): Partial<UplinkFacts> {
  const changed = { ...eth1, ...link };
  return { uplink: changed, port: changed };
}

const other = { ...bridge, name: "br7", index: 8 };

describe("planUplink() refuses", () => {
  test.each<{ what: string; wish?: UplinkWish; more: Partial<UplinkFacts>; code: number; says: RegExp }>([
    { what: "loopback", more: both({ flags: linkFlags.loopback }), code: 7, says: /loopback/ },
    { what: "a bridge", more: both({ linkInfo: { kind: "bridge" } }), code: 7, says: /a bridge itself/ },
    {
      what: "a container's host end",
      more: both({ name: "veth0123456789a", linkInfo: { kind: "veth" } }),
      code: 7,
      says: /host end/,
    },
    {
      what: "a gateway",
      more: both({ alias: "trestle gateway of br0" }),
      code: 7,
      says: /gateway of a VLAN/,
    },
    { what: "a station", more: { isWireless: true }, code: 105, says: /wireless/ },
    {
      what: "another bridge's port",
      more: { ...both({ master: 8 }), otherMaster: other },
      code: 104,
      says: /belongs to "br7"/,
    },
    {
      what: "another's port, where that is gone by now",
      more: both({ master: 8 }),
      code: 104,
      says: /belongs to "link 8"/,
    },
    { what: "addresses", more: { addresses }, code: 104, says: /192\.0\.2\.5\/24/ },
    {
      what: "another VLAN's sub-interface",
      wish: inVlan,
      more: { port: vlanLink(11) },
      code: 104,
      says: /not VLAN 10 of "eth1"/,
    },
    {
      what: "another uplink's sub-interface",
      wish: inVlan,
      more: { port: vlanLink(10, { link: 6 }) },
      code: 104,
      says: /not VLAN 10 of "eth1"/,
    },
    {
      what: "another VLAN on the bridge",
      wish: inVlan,
      more: { port: undefined, ports: [vlanLink(20, { name: "eth1.20", index: 12, master: 3 })] },
      code: 104,
      says: /VLAN 10 and VLAN 20/,
    },
    {
      what: "a second uplink",
      more: { ports: [{ ...eth1, name: "eth2", index: 11, alias: "trestle uplink of br0" }] },
      code: 104,
      says: /a loop/,
    },
    {
      what: "a bond's member below a sub-interface",
      wish: inVlan,
      more: { uplink: { ...eth1, linkInfo: { slaveKind: "bond" } }, port: undefined },
      code: 104,
      says: /belongs to a bond/,
    },
  ])("$what", ({ wish: wanted = wish, more, code, says }) => {
    const refusal = { code, message: expect.stringMatching(says), details: expect.stringMatching(/./) };
    expect(() => planUplink(wanted, facts(more))).toThrow(expect.objectContaining(refusal));
  });
});

describe("planUplink()", () => {
  const down = { ...eth1, flags: 0 };
  const isPort = { ...eth1, master: 3 };
  const nothing = { makesSubinterface: false, raises: [], enslaves: false, moves: false };
  const moving = { ...wish, movesAddresses: true };
  const ours = { kind: "uplink", bridge: "br0", wasDown: false, moved: undefined, alias: "" } as const;

  test.each<{ what: string; wish?: UplinkWish; more: Partial<UplinkFacts>; plan: object }>([
    { what: "joins", more: {}, plan: { ...nothing, enslaves: true } },
    {
      what: "joins a bridge that is not there",
      more: { bridge: undefined },
      plan: { ...nothing, enslaves: true },
    },
    {
      what: "brings up",
      more: { uplink: down, port: down },
      plan: { ...nothing, enslaves: true, raises: [down] },
    },
    { what: "has nothing to do", more: { uplink: isPort, port: isPort }, plan: nothing },
    {
      what: "leaves addresses of a port alone",
      more: { uplink: isPort, port: isPort, addresses },
      plan: nothing,
    },
    {
      what: "moves addresses",
      wish: moving,
      more: { addresses },
      plan: { ...nothing, enslaves: true, moves: true },
    },
    {
      what: "moves routes that need no address",
      wish: moving,
      more: { hasRoutes: true },
      plan: { ...nothing, enslaves: true, moves: true },
    },
    {
      what: "moves addresses that came later",
      wish: moving,
      more: { uplink: isPort, port: isPort, addresses, mark: ours },
      plan: { ...nothing, moves: true },
    },
    {
      what: "makes a sub-interface",
      wish: inVlan,
      more: { port: undefined },
      plan: { ...nothing, makesSubinterface: true, enslaves: true },
    },
    {
      what: "uses a sub-interface, whatever its uplink has",
      wish: inVlan,
      more: { uplink: { ...eth1, master: 8, linkInfo: { slaveKind: "bridge" } }, port: vlanLink(10) },
      plan: { ...nothing, enslaves: true },
    },
  ])("$what", ({ wish: wanted = wish, more, plan }) => {
    const made = planUplink(wanted, facts(more));
    expect(made).toEqual(plan);
    expect(isDone(made)).toBe(plan === nothing);
  });

  test("markFor() notes how it was, and keeps what was noted", () => {
    const plan = planUplink(wish, facts({ uplink: down, port: { ...down, alias: "lab" } }));
    const noted = { kind: "uplink", bridge: "br0", wasDown: true, moved: undefined, alias: "lab" } as const;
    expect(markFor(facts({ port: { ...down, alias: "lab" } }), plan, "br0")).toEqual(noted);
    expect(markFor(facts({ mark: noted }), plan, "br0")).toEqual(noted);
    const moved = { ...noted, moved: ["0", "0", "1"] };
    expect(markFor(facts({ mark: moved }), plan, "br0")).toEqual(moved);
    // What another bridge had says nothing of this one.
    expect(markFor(facts({ mark: moved }), plan, "br1")).toEqual({ ...noted, bridge: "br1" });
    expect(markFor(facts({ uplink: isPort, port: isPort }), nothing, "br0")).toBeUndefined();
    const made = { ...nothing, makesSubinterface: true };
    const subinterface = { kind: "subinterface", bridge: "br0", wasDown: true };
    expect(markFor(facts({ uplink: down, port: undefined }), made, "br0")).toEqual(subinterface);
  });
});

test("missingUplink() names those that there are, but no host ends", () => {
  const error = missingUplink("eth9", ["lo", "eth0", "veth0123456789a", "eth1"]);
  expect(error).toMatchObject({ code: 7, details: expect.stringContaining("this host has eth0, eth1;") });
  expect(missingUplink("eth9", ["lo"]).details).toContain("this host has no interface");
});

test("bridgeAddressFault() tells what the bridge has", () => {
  expect(bridgeAddressFault(wish, "br0", [])).toBeUndefined();
  expect(bridgeAddressFault(wish, "br0", ["10.1.0.1/24"])).toMatchObject({ code: 104 });
});
