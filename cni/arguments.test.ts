import { describe, expect, test } from "@jest/globals";
import { packKeys, parsePairs, readArguments } from "./arguments.ts";

describe("parsePairs()", () => {
  test.each<[string, [string, string][]]>([
    ["", []],
    ["A=1", [["A", "1"]]],
    [
      "A=1;b=",
      [
        ["A", "1"],
        ["b", ""],
      ],
    ],
    ["A=1;A=2", [["A", "2"]]],
  ])("reads %j", (text, pairs) => {
    expect([...parsePairs(text)]).toEqual(pairs);
  });

  test.each([
    ["A", "A"],
    ["A=b=c", "A=b=c"],
    ["A=1;", ""],
    [";A=1", ""],
    ["=1", "=1"],
  ])("refuses %j", (text, pair) => {
    expect(() => parsePairs(text)).toThrow(
      expect.objectContaining({ code: 4, message: `invalid CNI_ARGS: invalid pair "${pair}"` }),
    );
  });
});

describe("readArguments()", () => {
  test.each([
    ["", {}],
    ["IP=10.1.0.4", { IP: "10.1.0.4" }],
    [
      "MAC=02:00:00:00:00:01;IP=10.1.0.4;GATEWAY=10.1.0.1",
      { MAC: "02:00:00:00:00:01", IP: "10.1.0.4", GATEWAY: "10.1.0.1" },
    ],
    ["IgnoreUnknown=1;K8S_POD_NAME=web;IP=10.1.0.4", { IP: "10.1.0.4" }],
    ["K8S_POD_NAME=web;IgnoreUnknown=1", {}],
    ["ip=10.1.0.4;IgnoreUnknown=TRUE", {}],
    ["IgnoreUnknown=false;IP=1", { IP: "1" }],
  ])("reads %j", (text, found) => {
    expect(readArguments(text, packKeys)).toEqual(found);
  });

  test.each([
    ["FOO=BAR", 'unknown args ["FOO=BAR"]'],
    ["ip=10.1.0.4;FOO=BAR", 'unknown args ["ip=10.1.0.4","FOO=BAR"]'],
    ["FOO=BAR;IgnoreUnknown=0", 'unknown args ["FOO=BAR"]'],
    ["FOO=BAR;ignoreunknown=1", 'unknown args ["FOO=BAR","ignoreunknown=1"]'],
    ["FOO=BAR;IgnoreUnknown=yes", 'IgnoreUnknown is "yes"'],
  ])("refuses %j", (text, message) => {
    expect(() => readArguments(text, packKeys)).toThrow(
      expect.objectContaining({
        code: 4,
        message: `invalid CNI_ARGS: ${message}`,
        details: expect.any(String),
      }),
    );
  });
});
