import { describe, expect, test } from "@jest/globals";
import type { JsonObject } from "../json-object.ts";
import { readPlugin } from "./network-list.ts";
import { pluginInput, type Supplied } from "./plugin-input.ts";

function input(json: JsonObject, supplied: Partial<Supplied> = {}): unknown {
  const plugin = readPlugin(JSON.stringify({ type: "x", ...json }), "file");
  return JSON.parse(pluginInput(plugin, { name: "net", version: "1.0.0", ...supplied }));
}

const common = { type: "x", name: "net", cniVersion: "1.0.0" };

describe("pluginInput()", () => {
  test("puts the network's name and version over the plugin's own, in whatever case they are", () => {
    expect(input({ Name: "own", cniversion: "0.1.0", mtu: 1400 })).toEqual({ ...common, mtu: 1400 });
  });

  test("keeps what only the plugin knows as it is", () => {
    const json = { args: { cni: { ips: [] } }, big: 1152921504606846976, zero: 0, none: null };
    expect(input(json)).toEqual({ ...common, ...json });
  });

  test.each<[declared: JsonObject, supplied: JsonObject | undefined, given: JsonObject | undefined]>([
    [{ mac: true }, { mac: "02:00:00:00:00:01" }, { mac: "02:00:00:00:00:01" }],
    [{ mac: true, ips: true }, { ips: [] }, { ips: [] }],
    [{ mac: false }, { mac: "02:00:00:00:00:01" }, undefined],
    [{ mac: true }, {}, undefined],
    [{ mac: true }, undefined, undefined],
    [{}, { mac: "02:00:00:00:00:01" }, undefined],
    [{ toString: true }, {}, undefined],
  ])("of capabilities %j and %j gives %j", (capabilities, supplied, runtimeConfig) => {
    const given = input({ capabilities }, { capabilities: supplied });
    expect(given).toEqual({
      ...common,
      capabilities,
      ...(runtimeConfig === undefined ? {} : { runtimeConfig }),
    });
  });

  test("gives the previous result in the network's version", () => {
    const previous = { interfaces: [{ name: "eth0", mtu: 1400 }], ips: [], routes: [], dns: {} };
    expect(input({}, { previous })).toEqual({
      ...common,
      prevResult: { cniVersion: "1.0.0", interfaces: [{ name: "eth0" }] },
    });
  });

  test("adds the keys of a command", () => {
    const more = { "cni.dev/valid-attachments": [] };
    expect(input({}, { more })).toEqual({ ...common, ...more });
  });
});
