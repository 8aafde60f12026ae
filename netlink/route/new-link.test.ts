import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parseMac } from "../../inet/mac.ts";
import { messageFlags, type Request } from "../message.ts";
import { layOut, parseGolden } from "./goldens/golden.ts";
import { createBridge, createVeth } from "./new-link.ts";

const text = (value: string) => Buffer.from(`${value}\0`).toString("hex");
const mac = (last: number) => parseMac(`02:00:00:00:00:0${last}`);
const bridge = createBridge({ name: "br0", mac: mac(1), mtu: 1400 });
const pair = createVeth({
  host: { name: "vethh", mac: mac(2), master: 10 },
  container: { name: "vethc", mac: mac(3), namespaceDescriptor: 7 },
  mtu: 1400,
});

/** Requests beside those of ip(8), which are the recorded ones; `ours` is where we differ by intent. */
const requests: { file: string; request: Request; ours: Record<string, string> }[] = [
  { file: "create-bridge", request: bridge, ours: { "18/1": text("bridge") } },
  { file: "create-veth", request: pair, ours: { "18/1": text("veth"), "18/2/1/28": "07000000" } },
];

test.each(requests)("$request.purpose: says what ip(8) says in $file", ({ file, request, ours }) => {
  const recorded = layOut(parseGolden(readFileSync(`netlink/route/goldens/${file}.hex`, "utf8")));
  const flags = request.flags | messageFlags.request | messageFlags.acknowledge;
  expect(layOut({ ...request, flags })).toEqual({ ...recorded, ...ours });
});

test("requests name the attribute at an offset", () => {
  // struct ifinfomsg 16, name 8, address 12, mtu 8, linkInfo
  expect([16, 24, 36, 44, 48].map((offset) => bridge.attributeAt?.(offset))).toEqual([
    "name",
    "address",
    "mtu",
    "linkInfo",
    "linkInfo.kind",
  ]);
});
