import { describe, expect, test } from "@jest/globals";
import { samplePort, tagged, untagged } from "./sample-description.ts";
import { cut, idBeside, nameOf, portNotes, shortId, vlanLines } from "./words.ts";

test.each([
  ["0123456789abcdef".repeat(4), "0123456789ab"],
  ["web-1", "web-1"],
  ["0123456789abcdef", "0123456789abcdef"],
  [`${"x".repeat(20)}${"y".repeat(20)}`, `${"x".repeat(14)}…${"y".repeat(13)}`],
  ["\u001B[1m", "\\u{1b}[1m"],
])("shortId(%s) is %s", (id, expected) => {
  expect(shortId(id)).toBe(expected);
});

test.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["\u001B[1m", 20, "\\u{1b}[1m"],
  ["e\u0301e\u0301", 2, "e\u0301e\u0301"],
])("cut(%j, %d) is %j", (text, length, expected) => {
  expect(cut(text, length)).toBe(expected);
});

test.each([
  [[untagged(10)], ["10"]],
  [
    [untagged(10), tagged(20), tagged(30, 39)],
    ["10", "tagged 20, 30-39"],
  ],
  [[{ ...tagged(5), pvid: true }], ["untagged in 5"]],
  [[{ ...tagged(5), untagged: true }], ["untagged out 5"]],
  [[], []],
])("vlanLines(%j) is %j", (vlans, expected) => {
  expect(vlanLines(vlans)).toEqual(expected);
});

describe("nameOf()", () => {
  const owner = { network: "n", containerId: "c1", ifname: "eth0" };
  const endpoint = { namespace: "space", addresses: [] };
  test.each([
    [{ owner: { ...owner, pod: "default/web" }, endpoint }, "default/web"],
    [{ owner: { ...owner, pod: "kube-system/coredns-5d78c9869d-abcde" } }, "kube-system/co…8c9869d-abcde"],
    [{ owner, endpoint }, "c1"],
    [{ owner: { ...owner, containerId: "cnitool-78367785f8561ce49ede" }, endpoint }, "space"],
    [{ endpoint }, "space"],
    [{}, ""],
  ])("of %j is %s", (somebody, name) => {
    expect(nameOf(somebody)).toBe(name);
  });
});

describe("idBeside()", () => {
  const owner = { network: "n", containerId: "0123456789abcdef".repeat(4), ifname: "eth0" };
  test.each([
    [{ owner: { ...owner, pod: "default/web" } }, "0123456789ab"],
    [
      { owner: { ...owner, containerId: "cnitool-1" }, endpoint: { namespace: "space", addresses: [] } },
      "cnitool-1",
    ],
    [{ owner }, ""],
    [{ endpoint: { namespace: "space", addresses: [] } }, ""],
  ])("of %j is %j", (somebody, id) => {
    expect(idBeside(somebody)).toBe(id);
  });
});

test.each([
  [{}, []],
  [{ state: "down", portState: "disabled" } as const, ["down"]],
  [{ portState: "blocking" } as const, ["blocking"]],
  [
    { role: "uplink", addresses: ["192.0.2.1/24", "fd00::1/64"] } as const,
    ["address on the port: 192.0.2.1/24, fd00::1/64"],
  ],
  [{ hairpin: true, isolated: true, macGuard: true }, ["hairpin", "isolated", "MAC guard"]],
])("portNotes() of %j are %j", (more, notes) => {
  expect(portNotes(samplePort(1, more))).toEqual(notes);
});
