import { describe, expect, test } from "@jest/globals";
import { parseAddress } from "../inet/address.ts";
import { parseMac } from "../inet/mac.ts";
import { nftablesMessageTypes } from "../netlink/nftables/headers.ts";
import { missingMacGuard } from "./check-mac-guard.ts";
import { FakeNftables } from "./fake-nftables.ts";
import { guardTable, masqueradeTable } from "./layout.ts";
import { listGuards } from "./list-guards.ts";
import { guardMac, unguardMac, type MacGuard } from "./mac-guard.ts";
import { addMasquerade, removeMasquerade } from "./masquerade.ts";

const one: MacGuard = {
  ownerLabel: "net1 one eth0",
  hostEnd: "veth00000000001",
  mac: parseMac("02:00:00:00:00:01"),
};
const two: MacGuard = {
  ownerLabel: "net1 two eth0",
  hostEnd: "veth00000000002",
  mac: parseMac("02:00:00:00:00:02"),
};
const newMac = parseMac("02:00:00:00:00:0f");

async function withOne(): Promise<FakeNftables> {
  const firewall = new FakeNftables(guardTable);
  await guardMac(firewall.conversation, one);
  return firewall;
}

describe("guardMac()", () => {
  test("makes the table when it is not there, and later sends only elements", async () => {
    const firewall = await withOne();
    await guardMac(firewall.conversation, two);
    expect(firewall.table?.rules).toHaveLength(1);
    expect(firewall.batches).toEqual([2, 8, 2]);
    expect(firewall.comments("guarded")).toEqual([one.ownerLabel, two.ownerLabel]);
    expect(firewall.comments("allowed")).toEqual([one.ownerLabel, two.ownerLabel]);
  });

  test("is the same done twice", async () => {
    const firewall = await withOne();
    await guardMac(firewall.conversation, one);
    expect(missingMacGuard(firewall.conversation, one)).toEqual([]);
    expect(firewall.comments("allowed")).toEqual([one.ownerLabel]);
  });

  test("leaves no other address allowed on the same host end, whoever had it", async () => {
    const firewall = await withOne();
    await guardMac(firewall.conversation, two);
    const taken = { ...one, ownerLabel: "net2 one eth0", mac: newMac };
    await guardMac(firewall.conversation, taken);
    expect(missingMacGuard(firewall.conversation, taken)).toEqual([]);
    expect(missingMacGuard(firewall.conversation, two)).toEqual([]);
    expect(firewall.comments("allowed")).toEqual([two.ownerLabel, taken.ownerLabel]);
  });

  test.each([
    ["no nf_tables", nftablesMessageTypes.newTable, 95],
    ["no bridge family", nftablesMessageTypes.newTable, 97],
    ["no chains of bridges", nftablesMessageTypes.newChain, 2],
    ["no hooks of bridges", nftablesMessageTypes.newChain, 95],
    ["no sets of concatenated fields", nftablesMessageTypes.newSet, 22],
  ])("says what a kernel lacks: %s", async (_what, type, errno) => {
    const firewall = new FakeNftables(guardTable);
    firewall.refusing = { type, errno };
    await expect(guardMac(firewall.conversation, one)).rejects.toMatchObject({
      name: "FirewallError",
      reason: "unsupported",
      message: expect.stringContaining('remove "macspoofchk"'),
    });
    expect(firewall.table).toBeUndefined();
  });

  test("says when the table is somebody else's", async () => {
    const firewall = await withOne();
    firewall.meddle(({ sets }) => sets.delete("allowed"));
    firewall.refusing = { type: nftablesMessageTypes.newChain, errno: 17 };
    await expect(guardMac(firewall.conversation, two)).rejects.toMatchObject({
      reason: "conflict",
      message: expect.stringContaining("nft delete table bridge trestle"),
    });
  });
});

describe("unguardMac()", () => {
  test("deletes what the owner has and nothing else", async () => {
    const firewall = await withOne();
    await guardMac(firewall.conversation, two);
    expect(unguardMac(firewall.conversation, one.ownerLabel)).toBe(2);
    expect(missingMacGuard(firewall.conversation, two)).toEqual([]);
    expect(firewall.comments("guarded")).toEqual([two.ownerLabel]);
    expect(unguardMac(firewall.conversation, one.ownerLabel)).toBe(0);
  });

  test("leaves the masquerade of the same owner alone, as removeMasquerade() leaves the guard", async () => {
    const firewall = await withOne();
    const source = { address: parseAddress("10.1.0.4"), direct: [] };
    const masquerade = { ownerLabel: one.ownerLabel, interfaceName: "cni0", sources: [source] };
    await addMasquerade(firewall.conversation, masquerade);
    expect(removeMasquerade(firewall.conversation, one.ownerLabel)).toBe(1);
    await addMasquerade(firewall.conversation, masquerade);
    expect(missingMacGuard(firewall.conversation, one)).toEqual([]);
    expect(unguardMac(firewall.conversation, one.ownerLabel)).toBe(2);
    expect(removeMasquerade(firewall.conversation, one.ownerLabel)).toBe(1);
  });

  test("asks one question where nothing was ever guarded", () => {
    const firewall = new FakeNftables(masqueradeTable);
    firewall.refusing = { type: nftablesMessageTypes.getGeneration, errno: 1 };
    expect(unguardMac(firewall.conversation, one.ownerLabel)).toBe(0);
    expect(firewall.batches).toEqual([]);
  });

  test.each([22, 95, 97])("a kernel without nf_tables (errno %d) holds nothing", (errno) => {
    const firewall = new FakeNftables(guardTable);
    firewall.refusing = { type: nftablesMessageTypes.getTable, errno };
    expect(unguardMac(firewall.conversation, one.ownerLabel)).toBe(0);
  });
});

describe("missingMacGuard()", () => {
  test("names a table that is not there", () => {
    expect(missingMacGuard(new FakeNftables(guardTable).conversation, one)).toEqual([
      'table "bridge trestle" is missing',
      'guard of the MAC address on "veth00000000001" is missing',
      '"veth00000000001" may not send from 02:00:00:00:00:01',
    ]);
  });

  test("names another's guard, another address, and a chain without its rule", async () => {
    const firewall = await withOne();
    firewall.meddle((table) => void table.rules.pop());
    expect(
      missingMacGuard(firewall.conversation, { ...one, ownerLabel: "net2 x eth0", mac: newMac }),
    ).toEqual([
      'chain "prerouting" of table "bridge trestle" has other rules than it should (a GC of the network writes them again)',
      'guard of the MAC address on "veth00000000001" belongs to "net1 one eth0"',
      '"veth00000000001" may not send from 02:00:00:00:00:0f',
      '"veth00000000001" may send from 02:00:00:00:00:01 as well',
    ]);
  });
});

describe("listGuards()", () => {
  test("tells whose ports are guarded", async () => {
    const firewall = await withOne();
    await guardMac(firewall.conversation, two);
    expect(listGuards(firewall.conversation)).toEqual(
      [one, two].map(({ ownerLabel, hostEnd }) => ({ ownerLabel, hostEnd })),
    );
  });

  test("tells of none where there is no table", () => {
    expect(listGuards(new FakeNftables(guardTable).conversation)).toEqual([]);
  });
});
