import { describe, expect, test } from "@jest/globals";
import { decodeResult } from "../previous-result.ts";
import { MemoryCache } from "./memory-outside.ts";
import { readList } from "./network-list.ts";
import { listCached, readCached, removeCached, writeCached } from "./result-cache.ts";

const network = readList('{"cniVersion":"1.0.0","name":"net","plugins":[{"type":"bridge"}]}', "net.conflist");
const resultJson = { cniVersion: "1.0.0", ips: [{ address: "10.1.0.2/24" }] };
const result = decodeResult(resultJson, "result", "1.0.0");
const key = { network: "net", containerId: "c1", ifname: "eth0" };

function added(more: object = {}) {
  const attachment = { ...key, netns: "/run/netns/c1", args: undefined, capabilities: undefined, ...more };
  return { network, attachment, result, version: "1.0.0" as const };
}

function cacheWith(name: string, content: unknown): MemoryCache {
  const cache = new MemoryCache();
  cache.replace(name, typeof content === "string" ? content : JSON.stringify(content));
  return cache;
}

/** As the Go library writes it. */
const foreign = {
  kind: "cniCacheV1",
  containerId: "c1",
  config: "e30=",
  ifName: "eth0",
  networkName: "net",
  netns: "/run/netns/c1",
  cniArgs: [["IgnoreUnknown", "1"]],
  capabilityArgs: { mac: "02:00:00:00:00:01" },
  result: resultJson,
};

describe("the cache of results", () => {
  test("writes what the Go library writes", () => {
    const cache = new MemoryCache();
    const more = { args: [["IgnoreUnknown", "1"]], capabilities: { mac: "02:00:00:00:00:01" } };
    writeCached(cache, added(more));
    expect(cache.names()).toEqual(["net-c1-eth0"]);
    const config = Buffer.from(network.text).toString("base64");
    expect(JSON.parse(cache.read("net-c1-eth0") ?? "")).toEqual({ ...foreign, config });
  });

  test.each([
    ["none", {}],
    ["empty ones", { args: [], capabilities: {}, netns: "" }],
  ])("leaves out arguments that are %s", (_what, more) => {
    const cache = new MemoryCache();
    writeCached(cache, added({ netns: "", ...more }));
    const keys = Object.keys(JSON.parse(cache.read("net-c1-eth0") ?? "") as object);
    expect(keys).toEqual(["kind", "containerId", "config", "ifName", "networkName", "result"]);
  });

  test("reads what the Go library wrote", () => {
    expect(readCached(cacheWith("net-c1-eth0", foreign), key)).toEqual({
      ...key,
      netns: "/run/netns/c1",
      args: [["IgnoreUnknown", "1"]],
      capabilities: { mac: "02:00:00:00:00:01" },
      result,
    });
  });

  test("reads the old format, which is the bare result", () => {
    expect(readCached(cacheWith("net-c1-eth0", resultJson), key)).toMatchObject({ ...key, result });
  });

  test.each<[what: string, content: unknown]>([
    ["empty", ""],
    ["cut off", JSON.stringify(foreign).slice(0, 60)],
    ["an array", []],
    ["of another kind of kind", { ...foreign, kind: "cniCacheV9", result: 5, ips: 5 }],
    ["without a name", { ...foreign, networkName: 5 }],
    ["a result of an unknown version", { cniVersion: "9.9.9" }],
  ])("a file that is %s counts as absent, and DEL removes it", (_what, content) => {
    const cache = cacheWith("net-c1-eth0", content);
    expect(readCached(cache, key)?.result).toBeUndefined();
    expect(listCached(cache, "net")).toEqual([]);
    removeCached(cache, key);
    expect(cache.names()).toEqual([]);
  });

  test("a result inside that cannot be read is no result, but the attachment is known", () => {
    const cache = cacheWith("net-c1-eth0", { ...foreign, result: { cniVersion: "1.0.0", ips: 5 } });
    expect(listCached(cache, "net")).toEqual([expect.objectContaining({ ...key, result: undefined })]);
  });

  test("a file that another attachment has is left alone: its name says not where the network's name ends", () => {
    const cache = cacheWith("a-b-c-eth0", { ...foreign, networkName: "a-b", containerId: "c" });
    const other = { network: "a", containerId: "b-c", ifname: "eth0" };
    expect(readCached(cache, other)).toBeUndefined();
    removeCached(cache, other);
    expect(cache.names()).toEqual(["a-b-c-eth0"]);
    expect(listCached(cache, "a")).toEqual([]);
    expect(listCached(cache, "a-b")).toHaveLength(1);
  });

  test("lists a network's attachments, by name, without copies and old files", () => {
    const cache = new MemoryCache();
    for (const containerId of ["c2", "c1"]) {
      cache.replace(`net-${containerId}-eth0`, JSON.stringify({ ...foreign, containerId }));
    }
    cache.replace("net-c1-eth0.bak", JSON.stringify(foreign));
    cache.replace("net-old-eth0", JSON.stringify(resultJson));
    cache.replace("other-c1-eth0", JSON.stringify({ ...foreign, networkName: "other" }));
    expect(listCached(cache, "net").map(({ containerId }) => containerId)).toEqual(["c1", "c2"]);
  });
});
