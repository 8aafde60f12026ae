import { expect, test } from "@jest/globals";
import type { JsonObject } from "./json-object.ts";
import { readValidAttachments } from "./valid-attachments.ts";

const a = { containerID: "a", ifname: "eth0" };
const b = { containerID: "b", ifname: "net1" };

test.each<[JsonObject, string[] | undefined]>([
  [{}, undefined],
  [{ "cni.dev/valid-attachments": null }, undefined],
  [{ "cni.dev/valid-attachments": [] }, []],
  [{ "cni.dev/valid-attachments": [a, b] }, ["a eth0", "b net1"]],
  [{ "cni.dev/attachments": [b] }, ["b net1"]],
  [{ "cni.dev/valid-attachments": [a], "cni.dev/attachments": [b] }, ["a eth0"]],
  [{ "cni.dev/valid-attachments": [], "cni.dev/attachments": [b] }, []],
  [{ "cni.dev/valid-attachments": [{ containerid: "a", IfName: "eth0", more: 1 }] }, ["a eth0"]],
])("readValidAttachments() of %j", (json, expected) => {
  const attachments = readValidAttachments(json);
  expect(attachments?.map(({ containerId, ifname }) => `${containerId} ${ifname}`)).toEqual(expected);
});

test("readValidAttachments() decodes the list of a configuration once", () => {
  const json = { "cni.dev/valid-attachments": [a, b] };
  expect(readValidAttachments(json)).toBe(readValidAttachments(json));
});

const refused: [unknown][] = [
  ["all"],
  [5],
  [{}],
  ["a"],
  [[null]],
  [[["a", "eth0"]]],
  [[{ containerID: "a" }]],
  [[{ containerID: 1, ifname: "eth0" }]],
  // Taken for attachments, these would make everything else stale.
  [[{ containerID: "", ifname: "" }]],
  [[a, { containerID: "", ifname: "eth0" }]],
  [[a, { containerID: "b", ifname: "" }]],
  [[{ containerID: "a ", ifname: "eth0" }]],
  [[{ containerID: "a", ifname: "eth0\n" }]],
];

test.each(refused)("readValidAttachments() refuses %j", (list) => {
  expect(() => readValidAttachments({ "cni.dev/valid-attachments": list })).toThrow(
    expect.objectContaining({ code: 7 }),
  );
});
