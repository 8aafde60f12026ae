import { describe, expect, test } from "@jest/globals";
import { NoDescription, readDescriptions } from "./read-files.ts";
import { sampleDescription } from "./sample-description.ts";

const text = JSON.stringify(sampleDescription);
const files: Readonly<Record<string, string>> = { a: text, b: text.replace('"node-1"', '"node-2"') };

function read(contents: string) {
  return readDescriptions(["f.json"], () => contents);
}

describe("readDescriptions()", () => {
  test("reads what was printed", () => {
    expect(readDescriptions(["a", "b"], (path) => files[path] ?? "")).toEqual([
      sampleDescription,
      { ...sampleDescription, host: "node-2" },
    ]);
  });

  test.each([
    ["", 'f.json is not what "trestle show --json" prints: '],
    ["[]", '"version" is missing'],
    ['{"version": 2}', '"version" is 2: must be 1'],
    ['{"version": 1}', '"host" is missing; '],
    [text.replace('"up"', '"sideways"'), '"bridges[0].state" is "sideways": must be "up" or '],
    [
      text.replace('"first":10,"last":10,"pvid"', '"first":-10,"last":10,"pvid"'),
      '"bridges[0].vlans[1].first" is -10: must be a whole number',
    ],
    [
      text.replace('"attachments":2', '"attachments":"2"'),
      '"networks[0].attachments" is "2": must be a number',
    ],
    [text.replace('"mtu":1500', '"mtu":"1500"'), '"bridges[0].mtu" is "1500": must be a number'],
  ])("refuses %.20j", (contents, message) => {
    expect(() => read(contents)).toThrow(NoDescription);
    expect(() => read(contents)).toThrow(message);
  });

  test("refuses two hosts of one name, which no cable could tell apart", () => {
    expect(() => readDescriptions(["a", "a"], () => text)).toThrow(
      'a: another host is called "node-1" as well; "trestle show --json --host NAME" gives another name',
    );
  });
});
