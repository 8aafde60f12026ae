import { expect, test } from "@jest/globals";
import { sampleDescription } from "../sample-description.ts";
import { cableGroups, NoSuchEnd, readCable, type Cable } from "./cables.ts";
import { makeDiagram } from "./make-diagram.ts";

const diagrams = ["a", "b", "c"].map((host) => makeDiagram({ ...sampleDescription, host }));

function cable(text: string): Cable {
  const read = readCable(text);
  if (read === undefined) throw new Error(text);
  return read;
}

test.each([
  ["a/eth1=b/eth1", ["a", "eth1", "b", "eth1"]],
  ["a/b/eth1=c/d/eth1", ["a/b", "eth1", "c/d", "eth1"]],
])("readCable(%s)", (text, [host, device, otherHost, otherDevice]) => {
  expect(readCable(text)).toEqual([
    { host, device },
    { host: otherHost, device: otherDevice },
  ]);
});

test.each(["", "a", "a/b", "a/b=c", "a=c/d", "/eth1=b/eth1"])("readCable(%j) is none", (text) => {
  expect(readCable(text)).toBeUndefined();
});

test.each([
  [[], []],
  [["a/eth1=b/eth1"], ["a/eth1 b/eth1"]],
  [
    ["a/eth1=b/eth1", "a/eth0=b/eth0"],
    ["a/eth1 b/eth1", "a/eth0 b/eth0"],
  ],
  [["a/eth1=b/eth1", "b/eth1=c/eth1"], ["a/eth1 b/eth1 c/eth1"]],
  [["a/eth1=b/eth1", "c/eth1=c/eth0", "c/eth0=a/eth1"], ["a/eth1 b/eth1 c/eth1 c/eth0"]],
  [["a/eth1=a/eth1"], ["a/eth1"]],
])("cableGroups(%j) are %j", (texts, groups) => {
  const found = cableGroups(texts.map(cable), diagrams);
  expect(found.map((ends) => ends.map(({ host, device }) => `${host}/${device}`).join(" "))).toEqual(groups);
});

test("cableGroups() says which ways out there are", () => {
  expect(() => cableGroups([cable("a/eth1=b/eth7")], diagrams.slice(0, 1))).toThrow(
    new NoSuchEnd('no way out of a host is called "b/eth7"; there are a/eth1, a/eth0'),
  );
  expect(() => cableGroups([cable("a/br0.10=a/eth1")], diagrams)).toThrow("br0.10");
});
