import { expect, test } from "@jest/globals";
import { tunSettings } from "./tun-link.ts";

const link = (kind: string, data?: string) => ({
  index: 3,
  flags: 0,
  linkInfo: { kind, data: data === undefined ? undefined : new Uint8Array(Buffer.from(data, "hex")) },
});

/** As Linux 6.18 tells them: owner 1000, type tap, no packet information, no header, persistent, two queues. */
const told = [
  "08000100e8030000",
  "0500030002000000",
  "0500040000000000",
  "0500060001000000",
  "0500070001000000",
].join("");

test("tunSettings() of a tap", () => {
  expect(tunSettings(link("tun", told))).toEqual({ owner: 1000, type: 2, persistent: 1, multiQueue: 1 });
});

test("tunSettings() of a device that older kernels tell nothing of", () => {
  expect(tunSettings(link("tun"))).toEqual({});
});

test("tunSettings() of a link of another kind", () => {
  expect(tunSettings(link("veth", told))).toBeUndefined();
});
