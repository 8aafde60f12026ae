import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { networkLabel, ownerLabel, readOwnerLabel } from "./owner.ts";

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

const n40 = "n".repeat(40);
const c64 = "c".repeat(64);

test.each([
  [{ network: "net1", containerId: "cid1", ifname: "eth0" }, "net1 cid1 eth0"],
  [{ network: n40, containerId: c64, ifname: "fifteen-letters" }, `${n40} ${c64} fifteen-letters`],
  [
    { network: `${n40}n`, containerId: `${c64}c`, ifname: "eth0" },
    `${"n".repeat(20)}~${digest(`${n40}n`).slice(0, 16)} ${"c".repeat(40)}~${digest(`${c64}c`).slice(0, 16)} eth0`,
  ],
])("ownerLabel() of %j", (owner, label) => {
  expect(ownerLabel(owner, digest)).toBe(label);
  expect(new TextEncoder().encode(label).length).toBeLessThan(128);
  expect(label.startsWith(`${networkLabel(owner.network, digest)} `)).toBe(true);
});

test("long names that begin alike have labels of their own", () => {
  const label = (containerId: string) => ownerLabel({ network: "n", containerId, ifname: "eth0" }, digest);
  expect(label(`${c64}1`)).not.toBe(label(`${c64}2`));
});

test.each([
  { network: "net1", containerId: "cid1", ifname: "eth0" },
  { network: "n".repeat(41), containerId: "c".repeat(65), ifname: "eth0" },
])("readOwnerLabel() reads what ownerLabel() wrote for %j", (owner) => {
  const label = ownerLabel(owner, digest);
  const read = readOwnerLabel(label);
  expect(read?.ifname).toBe("eth0");
  expect(`${read?.network} ${read?.containerId} ${read?.ifname}`).toBe(label);
});

test.each([
  "",
  "uplink",
  "to rack",
  "to rack 4, port",
  "a b c d",
  "a  c",
  " b c",
  "\u001B[31m b c",
  "-a b c",
])("readOwnerLabel() takes %j for free text", (label) => {
  expect(readOwnerLabel(label)).toBeUndefined();
});
