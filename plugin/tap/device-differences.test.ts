import { expect, test } from "@jest/globals";
import type { TunSettings } from "../../netlink/route/tun-link.ts";
import { deviceDifferences } from "./device-differences.ts";

const asked = { owner: 1000, group: undefined, multiQueue: true };
const told = { type: 2, persistent: 1, multiQueue: 1, owner: 1000 };

const cases: [what: string, found: TunSettings, differences: string[]][] = [
  ["nothing where it is as asked", told, []],
  ["nothing where the kernel tells nothing of it", {}, []],
  ["another owner", { ...told, owner: 7 }, ['owner of "eth0" is 7, expected 1000']],
  ["that it is anybody's", { ...told, owner: undefined }, ['owner of "eth0" is nobody, expected 1000']],
  ["a group that nobody asked for", { ...told, group: 5 }, ['group of "eth0" is 5, expected nobody']],
  ["queues", { ...told, multiQueue: 0 }, ['multiQueue of "eth0" is 0, expected 1']],
  ["one that does not stay", { ...told, persistent: 0 }, ['persistence of "eth0" is 0, expected 1']],
];

test.each(cases)("deviceDifferences() tells %s", (_what, found, differences) => {
  expect(deviceDifferences("eth0", found, asked)).toEqual(differences);
});
