import { expect, test } from "@jest/globals";
import { readOptions, UsageError } from "./options.ts";

const plain = { format: "table", bridges: [], host: undefined, files: [], cables: [] };
const ends = [
  { host: "a", device: "eth1" },
  { host: "b/c", device: "eth2" },
];

test.each([
  [[], plain],
  [["--json"], { ...plain, format: "json" }],
  [["--graph", "svg"], { ...plain, format: "svg" }],
  [["--graph=mermaid", "--host", "one"], { ...plain, format: "mermaid", host: "one" }],
  [["--bridge", "br0", "--bridge=br1"], { ...plain, bridges: ["br0", "br1"] }],
  [
    ["--graph", "svg", "a.json", "--cable", "a/eth1=b/c/eth2", "b.json"],
    { ...plain, format: "svg", files: ["a.json", "b.json"], cables: [ends] },
  ],
  [["-h"], "help"],
  [["help"], "help"],
])("readOptions(%j)", (args, expected) => {
  expect(readOptions(args)).toEqual(expected);
});

test.each([
  [["--graph", "png"], '--graph is "png": it takes svg, mermaid, dot'],
  [["--graph", "svg", "--json"], "--json and --graph are two formats: choose one"],
  [["br0"], "files and --cable are for pictures: --graph is missing"],
  [["--json", "--cable", "a/b=c/d"], "files and --cable are for pictures: --graph is missing"],
  [["--graph", "svg", "--host", "a", "a.json"], "--host names this host, not those of files"],
  [["--graph", "svg", "--cable", "a=b"], '--cable is "a=b": it takes HOST/INTERFACE=HOST/INTERFACE'],
  [["--colour"], "--colour"],
])("readOptions(%j) is refused", (args, message) => {
  expect(() => readOptions(args)).toThrow(UsageError);
  expect(() => readOptions(args)).toThrow(message);
});
