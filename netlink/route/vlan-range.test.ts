import { describe, expect, test } from "@jest/globals";
import { formatRange, includesVlan, mergeRanges } from "./vlan-range.ts";

function parse(text: string) {
  return text
    .split(" ")
    .filter(Boolean)
    .map((range) => range.split("-").map(Number))
    .map(([first = 0, last = first]) => ({ first, last }));
}

describe("mergeRanges()", () => {
  test.each([
    { ranges: "", merged: "" },
    { ranges: "5", merged: "5" },
    { ranges: "5 4 6", merged: "4-6" },
    { ranges: "10-20 12-13 20-25 27", merged: "10-25 27" },
    { ranges: "7 7 1-4094", merged: "1-4094" },
  ])("$ranges", ({ ranges, merged }) => {
    const found = mergeRanges(parse(ranges));
    expect(found).toEqual(parse(merged));
    expect(found.map(formatRange).join(" ")).toBe(merged);
  });
});

test.each([
  { id: 9, is: false },
  { id: 10, is: true },
  { id: 20, is: true },
  { id: 21, is: false },
])("includesVlan() of 10-20 and $id is $is", ({ id, is }) => {
  expect(includesVlan({ first: 10, last: 20 }, id)).toBe(is);
});
