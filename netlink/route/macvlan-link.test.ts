import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseMac } from "../../inet/mac.ts";
import { messageFlags } from "../message.ts";
import { layOut, parseGolden } from "./goldens/golden.ts";
import { decodeLink } from "./link.ts";
import { createMacvlan, macvlanModes, macvlanSettings, type MacvlanMode } from "./macvlan-link.ts";

function golden(name: string) {
  return parseGolden(readFileSync(`netlink/route/goldens/${name}.hex`, "utf8"));
}

const text = (value: string) => Buffer.from(`${value}\0`).toString("hex");

describe("createMacvlan()", () => {
  test("says what ip(8) says", () => {
    const request = createMacvlan({
      name: "mv0",
      lower: 10,
      mode: "private",
      mac: parseMac("02:00:00:00:00:05"),
      mtu: 1400,
      broadcastQueueLength: 2000,
    });
    const flags = request.flags | messageFlags.request | messageFlags.acknowledge;
    expect(layOut({ ...request, flags })).toEqual({
      ...layOut(golden("create-macvlan")),
      "3": text("mv0"),
      "18/1": text("macvlan"),
    });
  });

  test.each(Object.entries(macvlanModes))("in mode %s, and leaves the rest to the kernel", (mode, value) => {
    const found = layOut(
      createMacvlan({ name: "mv0", lower: 3, mode: mode as MacvlanMode, namespaceDescriptor: 7 }),
    );
    expect(found).toEqual({
      type: "16",
      flags: "0x600",
      header: "00".repeat(16),
      "3": text("mv0"),
      "5": "03000000",
      "28": "07000000",
      "18/1": text("macvlan"),
      "18/2/1": `0${value}000000`,
    });
  });
});

test("macvlanSettings() reads the mode, of a macvlan alone", () => {
  expect(macvlanSettings(decodeLink(golden("link-macvlan")))).toMatchObject({ mode: macvlanModes.vepa });
  expect(macvlanSettings(decodeLink(golden("link-veth")))).toEqual({});
});
