import { describe, expect, test } from "@jest/globals";
import { parseAddress } from "../inet/address.ts";
import { formatPrefix, parsePrefix } from "../inet/prefix.ts";
import { nftablesMessageTypes } from "../netlink/nftables/headers.ts";
import { missingMasquerade } from "./check-masquerade.ts";
import { directPrefixes } from "./egress-masquerade.ts";
import { FakeNftables } from "./fake-nftables.ts";
import { FirewallError } from "./firewall-error.ts";
import { listMasquerade } from "./list-masquerade.ts";
import { addMasquerade, removeMasquerade, type EgressMasquerade } from "./masquerade.ts";

function masquerade(
  ownerLabel: string,
  ...sources: readonly (readonly [string, ...string[]])[]
): EgressMasquerade {
  return {
    ownerLabel,
    interfaceName: "cni0",
    sources: sources.map(([address, ...direct]) => ({
      address: parseAddress(address),
      direct: direct.map(parsePrefix),
    })),
  };
}

const one = masquerade("net1 one eth0", ["10.1.0.4", "10.1.0.4/16"], ["fd00::4", "fd00::4/64"]);
const two = masquerade("net1 two eth0", ["10.1.0.5", "10.1.0.5/16"]);

async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

async function withOne(): Promise<FakeNftables> {
  const firewall = new FakeNftables();
  await addMasquerade(firewall.conversation, one);
  return firewall;
}

describe("addMasquerade()", () => {
  test("makes the table when it is not there, and later sends only elements", async () => {
    const firewall = await withOne();
    await addMasquerade(firewall.conversation, two);
    expect(firewall.table?.rules).toHaveLength(8);
    expect(firewall.batches[0]).toBe(4);
    expect(firewall.batches[2]).toBe(2);
    expect(firewall.comments("masquerade4")).toEqual(["net1 one eth0", "net1 two eth0"]);
    expect(firewall.comments("direct6")).toEqual(["net1 one eth0"]);
  });

  test("never doubles rules when another made the table meanwhile", async () => {
    const firewall = new FakeNftables();
    const other = await withOne();
    firewall.beforeBatch = (attempt) => {
      if (attempt === 2) firewall.table = other.table;
    };
    await addMasquerade(firewall.conversation, two);
    expect(firewall.table?.rules).toHaveLength(8);
    expect(firewall.comments("masquerade4")).toEqual(["net1 one eth0", "net1 two eth0"]);
  });

  test("is the same done twice", async () => {
    const firewall = await withOne();
    const before = listMasquerade(firewall.conversation);
    await addMasquerade(firewall.conversation, one);
    expect(listMasquerade(firewall.conversation)).toEqual(before);
  });

  test("takes over what another owner left for the same address, and only that", async () => {
    const firewall = await withOne();
    await addMasquerade(firewall.conversation, masquerade("net1 new eth0", ["10.1.0.4", "10.1.0.0/17"]));
    expect(firewall.comments("masquerade4")).toEqual(["net1 new eth0"]);
    expect(firewall.comments("direct4")).toEqual(["net1 new eth0"]);
    expect(firewall.comments("masquerade6")).toEqual(["net1 one eth0"]);
    expect(firewall.comments("direct6")).toEqual(["net1 one eth0"]);
  });

  test("reads again when the ruleset changed between reading and taking over", async () => {
    const firewall = await withOne();
    firewall.beforeBatch = (attempt) => {
      // The left-over goes away by itself just before it would be deleted.
      if (attempt === 4) firewall.meddle(({ sets }) => sets.get("masquerade4")?.splice(0));
    };
    await addMasquerade(firewall.conversation, masquerade("net1 new eth0", ["10.1.0.4", "10.1.0.0/16"]));
    expect(firewall.comments("masquerade4")).toEqual(["net1 new eth0"]);
    expect(firewall.batches).toHaveLength(5);
  });

  test("mends a table that lost sets and rules", async () => {
    const firewall = await withOne();
    firewall.meddle((table) => {
      table.sets.delete("masquerade4");
      table.rules = [];
    });
    await addMasquerade(firewall.conversation, two);
    expect(firewall.table?.rules).toHaveLength(8);
    expect(firewall.comments("masquerade4")).toEqual(["net1 two eth0"]);
    expect(firewall.comments("masquerade6")).toEqual(["net1 one eth0"]);
  });

  test("gives up when the ruleset never stands still", async () => {
    const firewall = await withOne();
    firewall.beforeBatch = () => firewall.meddle(() => undefined);
    const error = await thrownBy(() => addMasquerade(firewall.conversation, one));
    expect(error).toBeInstanceOf(FirewallError);
    expect(error).toMatchObject({ reason: "busy" });
    expect(firewall.batches.length).toBeLessThan(110);
  });

  test.each([
    ["no nf_tables", nftablesMessageTypes.newTable, 95],
    ["no nat chains", nftablesMessageTypes.newChain, 2],
    ["no masquerade", nftablesMessageTypes.newRule, 2],
    ["no inet family", nftablesMessageTypes.newTable, 97],
    ["no ranges of concatenated fields", nftablesMessageTypes.newSet, 22],
  ])("says what a kernel lacks: %s", async (_, type, errno) => {
    const firewall = new FakeNftables();
    firewall.refusing = { type, errno };
    const error = await thrownBy(() => addMasquerade(firewall.conversation, one));
    expect(error).toMatchObject({ name: "FirewallError", reason: "unsupported" });
    expect(String(error)).toContain(`set "ipMasqBackend" to "iptables"`);
    expect(firewall.table).toBeUndefined();
  });

  test("says when the table is somebody else's", async () => {
    const firewall = await withOne();
    firewall.meddle(({ sets }) => sets.delete("masquerade4"));
    firewall.refusing = { type: nftablesMessageTypes.newChain, errno: 17 };
    const error = await thrownBy(() => addMasquerade(firewall.conversation, two));
    expect(error).toMatchObject({ name: "FirewallError", reason: "conflict" });
    expect(String(error)).toContain("nft delete table inet trestle");
  });

  test("leaves other refusals as they are", async () => {
    const firewall = new FakeNftables();
    firewall.refusing = { type: nftablesMessageTypes.newSetElements, errno: 1 };
    firewall.table = { body: new Uint8Array(4), sets: new Map(), chains: new Map(), rules: [] };
    const error = await thrownBy(() => addMasquerade(firewall.conversation, one));
    expect(error).toMatchObject({ name: "NetlinkError", errno: 1 });
  });
});

describe("removeMasquerade()", () => {
  test("deletes what the owner has, whatever it is, and nothing else", async () => {
    const firewall = await withOne();
    await addMasquerade(firewall.conversation, two);
    await addMasquerade(firewall.conversation, masquerade("net1 one eth01", ["10.1.0.6"]));
    expect(removeMasquerade(firewall.conversation, one.ownerLabel)).toBe(4);
    expect(firewall.comments("masquerade4")).toEqual(["net1 two eth0", "net1 one eth01"]);
    expect(firewall.comments("direct4")).toEqual(["net1 two eth0"]);
    expect(firewall.comments("masquerade6")).toEqual([]);
    expect(removeMasquerade(firewall.conversation, one.ownerLabel)).toBe(0);
    expect(firewall.table?.rules).toHaveLength(8);
  });

  test("without a table there is nothing to delete", () => {
    expect(removeMasquerade(new FakeNftables().conversation, one.ownerLabel)).toBe(0);
  });

  test.each([22, 95])("a kernel without nf_tables (errno %d) holds nothing", (errno) => {
    const firewall = new FakeNftables();
    firewall.refusing = { type: nftablesMessageTypes.getGeneration, errno };
    expect(removeMasquerade(firewall.conversation, one.ownerLabel)).toBe(0);
  });

  test("leaves an element that came to belong to another after it was read", async () => {
    const firewall = await withOne();
    firewall.beforeBatch = (attempt) => {
      if (attempt !== 3) return;
      firewall.meddle(({ sets }) => {
        const [element] = sets.get("masquerade4")?.splice(0) ?? [];
        if (element !== undefined) sets.get("masquerade4")?.push({ ...element, comment: "net1 new eth0" });
      });
    };
    expect(removeMasquerade(firewall.conversation, one.ownerLabel)).toBe(3);
    expect(firewall.comments("masquerade4")).toEqual(["net1 new eth0"]);
  });

  test("gives up when the ruleset never stands still", async () => {
    const firewall = await withOne();
    firewall.beforeBatch = () => firewall.meddle(() => undefined);
    const error = await thrownBy(() => removeMasquerade(firewall.conversation, one.ownerLabel));
    expect(error).toMatchObject({ name: "FirewallError", reason: "busy" });
    expect(firewall.comments("masquerade4")).toEqual(["net1 one eth0"]);
  });
});

describe("listMasquerade()", () => {
  test("gathers what belongs to one source", async () => {
    const firewall = await withOne();
    const [first, second] = listMasquerade(firewall.conversation);
    expect(first).toMatchObject({ ownerLabel: "net1 one eth0", interfaceName: "cni0", masqueraded: true });
    expect(first?.direct.map(formatPrefix)).toEqual(["10.1.0.0/16"]);
    expect(second?.address).toEqual(parseAddress("fd00::4"));
    expect(second?.direct.map(formatPrefix)).toEqual(["fd00::/64"]);
  });

  test("shows exceptions that lost their masquerade", async () => {
    const firewall = await withOne();
    firewall.meddle(({ sets }) => sets.get("masquerade4")?.splice(0));
    expect(listMasquerade(firewall.conversation).map(({ masqueraded }) => masqueraded)).toEqual([
      false,
      true,
    ]);
  });
});

describe("missingMasquerade()", () => {
  test("is empty after adding", async () => {
    const firewall = await withOne();
    expect(missingMasquerade(firewall.conversation, one)).toEqual([]);
  });

  test("names a table that is not there", () => {
    expect(missingMasquerade(new FakeNftables().conversation, two)).toEqual([
      'table "inet trestle" is missing',
      'masquerade of 10.1.0.5 from "cni0" is missing',
    ]);
  });

  test("names the owner of an element that is another's", async () => {
    const firewall = await withOne();
    expect(missingMasquerade(firewall.conversation, masquerade("net2 x eth0", ["10.1.0.4"]))).toEqual([
      'masquerade of 10.1.0.4 from "cni0" belongs to "net1 one eth0"',
    ]);
  });

  test("names exceptions, chains and rules that are missing", async () => {
    const firewall = await withOne();
    firewall.meddle((table) => {
      table.sets.get("direct4")?.splice(0);
      table.chains.delete("egress6");
      table.rules.pop();
    });
    expect(missingMasquerade(firewall.conversation, one)).toEqual([
      'chain "egress6" of table "inet trestle" is missing',
      'chain "postrouting" of table "inet trestle" has other rules than it should (a GC of the network writes them again)',
      'masquerade of 10.1.0.4 from "cni0": the exception of 10.1.0.0/16 is missing',
    ]);
  });
});

test.each([
  [["10.1.0.4/16", "10.1.0.9/16"], ["10.1.0.4/16"]],
  [
    ["10.1.0.0/16", "10.0.0.0/8", "192.168.0.0/24"],
    ["10.0.0.0/8", "192.168.0.0/24"],
  ],
  [["fd00::/64", "0.0.0.0/0", "10.0.0.0/8"], ["0.0.0.0/0"]],
  [[], []],
])("directPrefixes() of %j are %j", (direct, kept) => {
  const source = { address: parseAddress("10.1.0.4"), direct: direct.map(parsePrefix) };
  expect(directPrefixes(source).map(formatPrefix)).toEqual(kept);
});
