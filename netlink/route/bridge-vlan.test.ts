import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { DecodeError } from "../decode-error.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import {
  addBridgeVlans,
  changeBridgeVlans,
  decodeBridgeVlans,
  listBridgeVlans,
  removeBridgeVlans,
  setVlanFiltering,
  vlanOptions,
  vlansByIndex,
  type BridgeVlan,
} from "./bridge-vlan.ts";
import { layOut, parseGolden } from "./goldens/golden.ts";
import { decodeLink } from "./link.ts";

function golden(name: string): Message {
  return parseGolden(readFileSync(`netlink/route/goldens/${name}.hex`, "utf8"));
}

const access = (id: number): BridgeVlan => ({ first: id, last: id, isPvid: true, isUntagged: true });
const tagged = (first: number, last = first): BridgeVlan => ({
  first,
  last,
  isPvid: false,
  isUntagged: false,
});
const port = { index: 11, name: "vethh" };
const bridge = { index: 10, name: "br0" };

/** Requests beside the recorded ones of ip(8) and bridge(8); `ours` is where we differ by intent. */
const requests: { file: string; request: Request; ours?: Record<string, string> }[] = [
  { file: "add-bridge-vlan", request: addBridgeVlans(port, [access(10)]) },
  {
    file: "add-bridge-vlan-range",
    request: addBridgeVlans({ ...bridge, self: true }, [tagged(20, 29)]),
  },
  { file: "remove-bridge-vlan", request: removeBridgeVlans(port, [{ first: 1, last: 1 }]) },
  {
    file: "switch-vlan-filtering",
    request: setVlanFiltering(bridge, { isFiltering: true }),
    ours: { "18/1": Buffer.from("bridge\0").toString("hex") },
  },
];

test.each(requests)("$request.purpose: says what is recorded in $file", ({ file, request, ours }) => {
  const flags = request.flags | messageFlags.request | messageFlags.acknowledge;
  const recorded = layOut(golden(file));
  // The index of a link that was made without one differs from record to record.
  const header = file.includes("vlan") && recorded["type"] !== "16" ? { header: recorded["header"] } : {};
  expect({ ...layOut({ ...request, flags }), ...header }).toEqual({ ...recorded, ...ours });
});

describe("addBridgeVlans()", () => {
  test("sends single VLANs and ranges in the order given", () => {
    const { header, "26/2": vlans } = layOut(addBridgeVlans(port, [access(10), tagged(5), tagged(20, 21)]));
    expect({ header, vlans }).toEqual({
      header: `070000000b000000${"00".repeat(8)}`,
      // begin 0x8 of 20, end 0x10 of 21
      vlans: "06000a00 00000500 08001400 10001500",
    });
  });

  test("takes every other VLAN there is", () => {
    const vlans = Array.from({ length: 2047 }, (_, at) => tagged(2 * at + 1));
    expect(layOut(addBridgeVlans(port, vlans))["26/2"]?.split(" ")).toHaveLength(2047);
  });

  test("is for the bridge itself with self alone", () => {
    expect(layOut(addBridgeVlans({ ...bridge, self: true }, [tagged(10)]))["26/0"]).toBe("0200");
    expect(layOut(addBridgeVlans(bridge, [tagged(10)]))["26/0"]).toBeUndefined();
  });

  test("says in errors what for", () => {
    const ranges = [tagged(10), tagged(20, 29)];
    expect(addBridgeVlans(port, ranges).purpose).toBe('add VLAN 10, 20-29 to "vethh"');
    expect(removeBridgeVlans({ ...bridge, self: true }, ranges).purpose).toBe(
      'remove VLAN 10, 20-29 from "br0" itself',
    );
  });
});

test.each([
  { change: { wanted: [], unwanted: [] }, purposes: [] },
  { change: { wanted: [tagged(10)], unwanted: [] }, purposes: ['add VLAN 10 to "vethh"'] },
  {
    change: { wanted: [tagged(10)], unwanted: [{ first: 1, last: 1 }] },
    purposes: ['add VLAN 10 to "vethh"', 'remove VLAN 1 from "vethh"'],
  },
])("changeBridgeVlans() asks for what there is to change: $purposes", ({ change, purposes }) => {
  expect(changeBridgeVlans(port, change).map(({ purpose }) => purpose)).toEqual(purposes);
});

test("listBridgeVlans() asks for ranges", () => {
  expect(layOut(listBridgeVlans())).toEqual({
    type: "18",
    flags: "0x0",
    header: `07${"00".repeat(15)}`,
    "29": "04000000",
  });
});

/** An RTM_NEWLINK of AF_BRIDGE: index 11, IFLA_MASTER 10, IFLA_AF_SPEC of these bytes. */
function answer(...spec: readonly string[]): Message {
  const nest = Buffer.from(spec.join(""), "hex");
  const body = Buffer.concat([
    Buffer.from(`070000000b000000${"00".repeat(8)}08000a000a000000`, "hex"),
    Buffer.from([4 + nest.length, 0, 26, 0]),
    nest,
  ]);
  return { type: 16, flags: 0, sequence: 0, body: new Uint8Array(body) };
}

/** One of this link that says nothing of VLANs. */
function answerWithout(index: number): Message {
  const body = Buffer.from(`07000000${index.toString(16).padStart(2, "0")}000000${"00".repeat(8)}`, "hex");
  return { type: 16, flags: 0, sequence: 0, body: new Uint8Array(body) };
}

describe("decodeBridgeVlans()", () => {
  test("reads VLANs, ranges and flags, and passes over what else is there", () => {
    const message = answer("0800020006000a00", "0600030001000000", "0800020008001400", "0800020010001d00");
    expect(decodeBridgeVlans(message)).toEqual({
      index: 11,
      vlans: [access(10), tagged(20, 29)],
    });
  });

  test("finds none where the kernel cannot filter", () => {
    expect(decodeBridgeVlans(answerWithout(11))).toEqual({ index: 11, vlans: [] });
  });

  test.each([
    { what: "a begin alone", spec: ["0800020008001400"] },
    { what: "a begin before a single one", spec: ["0800020008001400", "0800020000001500"] },
    { what: "an end alone", spec: ["0800020010001400"] },
    { what: "a VLAN of three bytes", spec: ["0700020010001400"] },
  ])("refuses $what", ({ spec }) => {
    expect(() => decodeBridgeVlans(answer(...spec))).toThrow(DecodeError);
  });
});

test("vlansByIndex() keeps the bridge's answer for a port whose card answers as well", () => {
  const members = [answer("0800020008000500", "0800020010000900"), answerWithout(11), answerWithout(4)];
  expect([...vlansByIndex(members)]).toEqual([
    [11, [tagged(5, 9)]],
    [4, []],
  ]);
});

describe("vlanOptions()", () => {
  const ofBridge = (data: string) => ({
    index: 10,
    flags: 0,
    linkInfo: { kind: "bridge", data: new Uint8Array(Buffer.from(data, "hex")) },
  });

  test.each([
    { what: "a bridge that filters", data: "05000700010000000600270001000000", isFiltering: true, pvid: 1 },
    { what: "one that does not", data: "05000700000000000600270001000000", isFiltering: false, pvid: 1 },
    { what: "one without a default", data: "05000700010000000600270000000000", isFiltering: true, pvid: 0 },
  ])("reads $what", ({ data, isFiltering, pvid }) => {
    expect(vlanOptions(ofBridge(data))).toEqual({ isFiltering, defaultPvid: pvid });
  });

  test("finds none where the kernel cannot filter, nor of other links", () => {
    expect(vlanOptions(ofBridge("0500070001000000"))).toBeUndefined();
    expect(vlanOptions(decodeLink(golden("link-veth")))).toBeUndefined();
  });
});
