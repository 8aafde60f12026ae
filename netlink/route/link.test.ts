import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { formatMac, parseMac } from "../../inet/mac.ts";
import { decodeAttributes, encodeAttributes } from "../attributes.ts";
import { DecodeError } from "../decode-error.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import { layOut, parseGolden } from "./goldens/golden.ts";
import {
  bridgePortSettings,
  bridgeSettings,
  changeBridgePort,
  changeLink,
  decodeLink,
  deleteLink,
  getLink,
  linkAttributes,
  linkFlags,
  listLinks,
  operationalStates,
  renameLink,
  setAlias,
} from "./link.ts";

function golden(name: string): Message {
  return parseGolden(readFileSync(`netlink/route/goldens/${name}.hex`, "utf8"));
}

describe("decodeLink()", () => {
  test("reads a veth", () => {
    const link = decodeLink(golden("link-veth"));
    expect(link).toMatchObject({
      name: "vethh",
      mtu: 1400,
      transmitQueues: 1,
      receiveQueues: 1,
      promiscuity: 0,
      operationalState: operationalStates.lowerLayerDown,
      linkInfo: { kind: "veth" },
    });
    expect(formatMac(link.address ?? new Uint8Array())).toBe("02:00:00:00:00:02");
    expect(link.link).toBe(link.index - 1); // ip(8) makes the peer first
    expect(link.flags & linkFlags.up).toBe(linkFlags.up);
    expect(link.flags & linkFlags.lowerUp).toBe(0);
    expect([bridgeSettings(link), bridgePortSettings(link)]).toEqual([{}, {}]);
  });

  test("reads a bridge and its settings", () => {
    const link = decodeLink(golden("link-bridge"));
    expect(link).toMatchObject({ name: "br0", index: 10, linkInfo: { kind: "bridge" } });
    expect(bridgeSettings(link)).toMatchObject({ stpState: 0, vlanFiltering: 0 });
    expect(bridgePortSettings(link)).toEqual({});
  });

  test("reads a bridge port and its settings", () => {
    const link = decodeLink(golden("link-bridge-port"));
    expect(link).toMatchObject({
      name: "vethh",
      master: 10,
      promiscuity: 1,
      linkInfo: { kind: "veth", slaveKind: "bridge" },
    });
    expect(bridgePortSettings(link)).toMatchObject({ hairpin: 1, isolated: 1 });
    expect(bridgeSettings(link)).toEqual({});
  });

  test("does not take the settings of a bond's port for a bridge port's", () => {
    const slaveData = Uint8Array.of(5, 0, 4, 0, 1, 0, 0, 0);
    const linkInfo = { kind: "veth", slaveKind: "bond", slaveData };
    expect(bridgePortSettings({ index: 1, flags: 0, linkInfo })).toEqual({});
  });

  test.each(["link-veth", "link-bridge", "link-bridge-port"])("keeps all that %s holds", (name) => {
    const message = golden(name);
    const header = message.body.subarray(0, 16);
    const decoded = decodeAttributes(linkAttributes, message.body.subarray(16));
    expect(decoded.unknown?.length).toBeGreaterThan(10);
    const attributes = encodeAttributes(linkAttributes, decoded);
    const body = Uint8Array.of(...header, ...attributes);
    expect(layOut({ ...message, body })).toEqual(layOut(message));
  });

  test("names the place of a fault", () => {
    const header = new Uint8Array(16);
    const cases = [
      { body: header.subarray(1), message: "expected a header of 16 bytes, got 15" },
      { body: Uint8Array.of(...header, 6, 0, 4, 0, 1, 2, 0, 0), message: "mtu: expected 4 bytes, got 2" },
      {
        body: Uint8Array.of(...header, 12, 0, 18, 0, 9, 0, 1, 0, 1, 1, 1, 1),
        message: "linkInfo: attribute of 9 bytes at 0 does not fit into 8",
      },
    ];
    for (const { body, message } of cases) {
      const cut = { type: 16, flags: 0, sequence: 0, body };
      expect(() => decodeLink(cut)).toThrow(new DecodeError(message));
    }
  });
});

const kindWithNul = (kind: string) => Buffer.from(`${kind}\0`).toString("hex");
const mac = (last: number) => parseMac(`02:00:00:00:00:0${last}`);
const setLink = "19";

/**
 * Requests beside those of ip(8), which are the recorded ones. `ours` lists where we differ by intent: the closing NUL
 * of names that ip(8) leaves out, RTM_SETLINK where ip(8) sends RTM_NEWLINK, and names in place of indexes.
 */
const requests: { file: string; request: Request; ours?: Record<string, string> }[] = [
  {
    file: "delete-link",
    request: deleteLink({ index: 10 }),
  },
  {
    file: "change-flags",
    request: changeLink({ index: 10, name: "br0" }, { up: true, promiscuous: true }),
    ours: { type: setLink },
  },
  {
    file: "change-mac",
    request: changeLink({ index: 10, name: "br0" }, { mac: mac(9) }),
    ours: { type: setLink },
  },
  {
    file: "change-bridge-port",
    request: changeBridgePort({ index: 3, name: "vethh" }, { hairpin: true, isolated: false }),
  },
  {
    file: "set-alias",
    request: setAlias("br0", "uplink"),
    ours: { type: setLink, header: "00".repeat(16), "3": kindWithNul("br0"), "20": kindWithNul("uplink") },
  },
  {
    file: "rename-link",
    request: renameLink({ index: 10, name: "br0" }, { name: "eth0", alias: "net one eth0" }),
    ours: { type: setLink, "3": kindWithNul("eth0"), "20": kindWithNul("net one eth0") },
  },
];

/** What a conversation adds to the flags. */
const sentFlags = messageFlags.request | messageFlags.acknowledge;

test.each(requests)("$request.purpose: says what ip(8) says in $file", ({ file, request, ours }) => {
  const recorded = layOut(golden(file));
  expect(layOut({ ...request, flags: request.flags | sentFlags })).toEqual({ ...recorded, ...ours });
});

describe("changeLink()", () => {
  const change = (settings: Parameters<typeof changeLink>[1]) =>
    layOut(changeLink({ index: 5, name: "eth0" }, settings));

  test.each([
    { settings: { up: false }, flags: "00000000", mask: "01000000" },
    { settings: { promiscuous: false }, flags: "00000000", mask: "00010000" },
    { settings: { up: true, promiscuous: false }, flags: "01000000", mask: "01010000" },
    { settings: {}, flags: "00000000", mask: "00000000" },
  ])("touches only what is asked for: $settings", ({ settings, flags, mask }) => {
    expect(change(settings)["header"]).toBe(`0000000005000000${flags}${mask}`);
  });

  test.each([true, false])("sets arp_notify to %s", (arpNotify) => {
    // IFLA_INET_CONF (1) of AF_INET (2): attribute 22 is a u32
    expect(change({ arpNotify })["26/2/1"]).toBe(`08001600${arpNotify ? "01" : "00"}000000`);
  });
});

test("changeBridgePort() leaves out what is not asked for", () => {
  const request = changeBridgePort({ index: 3, name: "vethh" }, { hairpin: true });
  expect(layOut(request)).toEqual({
    type: setLink,
    flags: "0x0",
    header: "07000000030000000000000000000000",
    "12/4": "01",
  });
});

test.each([
  {
    request: getLink({ name: "eth0" }),
    purpose: 'read link "eth0"',
    index: "00000000",
    name: kindWithNul("eth0"),
  },
  { request: getLink({ index: 9 }), purpose: "read link with index 9", index: "09000000", name: undefined },
  {
    request: deleteLink({ name: "eth0" }),
    purpose: 'delete link "eth0"',
    index: "00000000",
    name: kindWithNul("eth0"),
  },
])("$purpose: addresses one link", ({ request, purpose, index, name }) => {
  expect(request.purpose).toBe(purpose);
  const { header, "3": ifname } = layOut(request);
  expect({ header, ifname }).toEqual({ header: `00000000${index}${"00".repeat(8)}`, ifname: name });
});

test("listLinks() filters by master in the kernel", () => {
  expect(layOut(listLinks({ master: 10 }))["10"]).toBe("0a000000");
  expect(Object.keys(layOut(listLinks()))).toEqual(["type", "flags", "header"]);
});
