import { describe, expect, test } from "@jest/globals";
import { decodeJson, lookUp, readName, readVersion } from "./configuration.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import { versions } from "./version.ts";

describe("decodeJson()", () => {
  test("reads an object", () => {
    expect(decodeJson(' {"name": "net", "a": [1]}\n')).toEqual({ name: "net", a: [1] });
  });

  test.each([
    ["", "standard input is empty"],
    [" \n", "standard input is empty"],
    ["[]", "it is an array, not an object"],
    ["null", "it is null, not an object"],
    ["5", "it is a number, not an object"],
    ['"text"', "it is a string, not an object"],
    ['{"a":', "cannot decode the network configuration: "],
    ['{"a":1}{"b":2}', "cannot decode the network configuration: "],
    ["{'a':1}", "cannot decode the network configuration: "],
  ])("refuses %j", (text, message) => {
    expect(() => decodeJson(text)).toThrow(
      expect.objectContaining({ code: 6, message: expect.stringContaining(message) }),
    );
  });
});

describe("lookUp()", () => {
  test.each<[JsonObject, string, unknown]>([
    [{ dataDir: "a" }, "dataDir", "a"],
    [{ DATADIR: "a" }, "dataDir", "a"],
    [{ datadir: "a", dataDir: "b" }, "dataDir", "b"],
    [{ dataDir: "b", datadir: "a" }, "dataDir", "a"],
    [{ dataDir: null }, "dataDir", undefined],
    [{ dataDir: null, DataDir: "a" }, "dataDir", "a"],
    [{ dataDir: "a", DataDir: null }, "dataDir", "a"],
    [{ dataDir: false }, "dataDir", false],
    [{ dataDir: 0 }, "dataDir", 0],
    [{ data_dir: "a" }, "dataDir", undefined],
    [{}, "dataDir", undefined],
  ])("%j under %s is %j", (object, key, value) => {
    expect(lookUp(object, key)).toBe(value);
  });
});

describe("readVersion()", () => {
  test.each(versions)("reads %s", (version) => {
    expect(readVersion({ cniVersion: version })).toBe(version);
  });

  test.each([{}, { cniVersion: "" }, { cniVersion: null }])("takes %j for 0.1.0", (json) => {
    expect(readVersion(json)).toBe("0.1.0");
  });

  test.each(["1.0", "v1.0.0", "0.5.0", "1.2.0", "latest"])("refuses %j", (version) => {
    expect(() => readVersion({ cniVersion: version })).toThrow(
      expect.objectContaining({
        code: 1,
        message: "incompatible CNI versions",
        details: `config is ${JSON.stringify(version)}, plugin supports ${JSON.stringify(versions)}`,
      }),
    );
  });

  test.each([1, true, ["1.0.0"], {}])("refuses %j, which is no text", (version) => {
    expect(() => readVersion({ cniVersion: version })).toThrow(
      expect.objectContaining({
        code: 6,
        message: `cannot decode "cniVersion": ${JSON.stringify(version)} is not a string`,
      }),
    );
  });
});

describe("readName()", () => {
  test.each([{ name: "net-1" }, { NAME: "net-1" }])("reads %j", (json) => {
    expect(readName(json)).toBe("net-1");
  });

  test.each<[JsonObject, string]>([
    [{}, "missing network name"],
    [{ name: "" }, "missing network name"],
    [{ name: null }, "missing network name"],
    [{ name: 5 }, 'invalid "name": 5 is not a string'],
    [{ name: "../x" }, 'invalid characters found in network name: "../x" must start with a letter or digit'],
    [{ name: "a b" }, 'invalid characters found in network name: "a b" must start with a letter or digit'],
  ])("refuses %j", (json, message) => {
    expect(() => readName(json)).toThrow(
      expect.objectContaining({ code: 7, message: expect.stringContaining(message) }),
    );
  });
});

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ["{}", false],
  [undefined, false],
])("isJsonObject(%j) is %p", (value, expected) => {
  expect(isJsonObject(value)).toBe(expected);
});
