import { expect, test } from "@jest/globals";
import { readOptions, UsageError } from "./options.ts";

const plain = { format: "table", bridges: [], host: undefined };

test.each([
  [[], plain],
  [["--json"], { ...plain, format: "json" }],
  [["--graph", "svg"], { ...plain, format: "svg" }],
  [["--graph=mermaid", "--host", "one"], { ...plain, format: "mermaid", host: "one" }],
  [["--bridge", "br0", "--bridge=br1"], { ...plain, bridges: ["br0", "br1"] }],
  [["-h"], "help"],
  [["help"], "help"],
])("readOptions(%j)", (args, expected) => {
  expect(readOptions(args)).toEqual(expected);
});

test.each([
  [["--graph", "png"], '--graph is "png": it takes svg, mermaid, dot'],
  [["--graph", "svg", "--json"], "--json and --graph are two formats: choose one"],
  [["br0"], "too many arguments: br0"],
  [["--colour"], "--colour"],
])("readOptions(%j) is refused", (args, message) => {
  expect(() => readOptions(args)).toThrow(UsageError);
  expect(() => readOptions(args)).toThrow(message);
});
