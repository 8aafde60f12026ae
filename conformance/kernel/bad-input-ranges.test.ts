import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest } from "../node/index.ts";
import { attach, detach } from "./attachment.ts";
import { type Config, bridgeNetwork, fullNetwork } from "./network.ts";
import { clean, type Refusal, expectToWork, refuse, sharedSubject } from "./refusal.ts";
import { leases } from "../node/state.ts";

const needs = { plugins: ["bridge", "host-local"], commands: ["nft"] };

interface Range {
  readonly subnet: string;
  readonly rangeStart?: string;
  readonly rangeEnd?: string;
  readonly gateway?: string;
}

function network(...ranges: (readonly Range[])[]): Config {
  return fullNetwork({ ipam: { type: "host-local", ranges } });
}

const subnet = "10.1.0.0/24";
const subnet6 = "fd00:1::/64";

type Row = [what: string, ranges: (readonly Range[])[], says: Refusal["says"]];

const rows: Row[] = [
  ["no range sets", [], ["no IP ranges", '"ranges"']],
  ["an empty range set", [[]], ["empty range set", "at least one range"]],
  ["a /31", [[{ subnet: "10.1.0.0/31" }]], ["10.1.0.0/31", "too small", "/30"]],
  ["a /32", [[{ subnet: "10.1.0.0/32" }]], ["10.1.0.0/32", "too small", "/30"]],
  ["a /127", [[{ subnet: "fd00:1::/127" }]], ["fd00:1::/127", "too small", "/126"]],
  ["a /128", [[{ subnet: "fd00:1::/128" }]], ["fd00:1::/128", "too small", "/126"]],
  ["host bits", [[{ subnet: "10.1.0.5/24" }]], ["host bits", "10.1.0.5/24", "10.1.0.0/24"]],
  ["IPv6 host bits", [[{ subnet: "fd00:1::5/64" }]], ["host bits", "fd00:1::5/64", "fd00:1::/64"]],
  ["a gateway outside", [[{ subnet, gateway: "10.2.0.1" }]], ["gateway 10.2.0.1", subnet, "between"]],
  ["a gateway of the other family", [[{ subnet, gateway: "fd00:1::1" }]], ["gateway fd00:1::1", subnet]],
  ["an IPv6 gateway outside", [[{ subnet: subnet6, gateway: "fd00:2::1" }]], ["gateway fd00:2::1", subnet6]],
  ["a start outside", [[{ subnet, rangeStart: "10.1.1.1" }]], ["RangeStart 10.1.1.1", subnet, "between"]],
  ["an end outside", [[{ subnet, rangeEnd: "10.0.255.255" }]], ["RangeEnd 10.0.255.255", subnet, "between"]],
  ["a start of the other family", [[{ subnet, rangeStart: "fd00::1" }]], ["RangeStart fd00::1", subnet]],
  [
    "a start behind the end",
    [[{ subnet, rangeStart: "10.1.0.20", rangeEnd: "10.1.0.10" }]],
    ["10.1.0.20", "10.1.0.10", subnet],
  ],
  [
    "the same subnet twice in a set",
    [[{ subnet }, { subnet }]],
    ["range set 0", "10.1.0.1-10.1.0.254", "overlap", "one range only"],
  ],
  [
    "ranges of a set that overlap",
    [
      [
        { subnet, rangeEnd: "10.1.0.20" },
        { subnet, rangeStart: "10.1.0.20" },
      ],
    ],
    ["range set 0", "10.1.0.1-10.1.0.20", "10.1.0.20-10.1.0.254", "overlap"],
  ],
  [
    "sets that overlap",
    [[{ subnet }], [{ subnet: "10.1.0.128/25" }]],
    ["range set 0", "overlaps with 1", "10.1.0.129"],
  ],
  [
    "sets that overlap with one between",
    [[{ subnet }], [{ subnet: "10.2.0.0/24" }], [{ subnet: "10.1.0.0/16" }]],
    ["range set 0", "overlaps with 2"],
  ],
  ["both families in a set", [[{ subnet }, { subnet: subnet6 }]], ["range set 0", "mixed address families"]],
];

describeWith(needs, "ranges that cannot be", () => {
  const subject = sharedSubject();

  test.each(rows)("%s", async (_what, ranges, says) => {
    expect(await subject.refuses({ config: network(...ranges) }, { code: 7, says })).toEqual(clean);
  });

  test("the same from runtimeConfig.ipRanges, and from the old form", async () => {
    const bad = [[{ subnet: "10.3.0.0/31" }]];
    expect(
      await subject.refuses(
        { config: fullNetwork({ runtimeConfig: { ipRanges: bad } }) },
        { code: 7, says: ["range set 0", "10.3.0.0/31", "too small"] },
      ),
    ).toEqual(clean);
    expect(
      await subject.refuses(
        { config: fullNetwork({ ipam: { type: "host-local", ...bad[0]?.[0] } }) },
        { code: 7, says: ["range set 0", "10.3.0.0/31", "too small"] },
      ),
    ).toEqual(clean);
  });

  test.each(["0.1.0", "0.2.0"])(
    "two sets of a family, which version %s has no room for",
    async (cniVersion) => {
      const config = { ...network([{ subnet }], [{ subnet: "10.2.0.0/24" }]), cniVersion };
      expect(
        await subject.refuses(
          { config },
          { code: 7, cniVersion, says: [cniVersion, "more than 1 address per family", "0.3.1"] },
        ),
      ).toEqual(clean);
    },
  );
});

const startNode = nodesPerTest();

/** A node with two containers, "pod" and "first", of which the first has its network. */
async function nodeWithFirst(config: Config, args?: string): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("pod");
  await node.addNamespace("first");
  await attach(node, config, { ...first, ...(args === undefined ? {} : { args }) });
  return node;
}

const first = { netns: "first", containerId: "first" };
const small = bridgeNetwork({
  ipMasq: true,
  ipam: { type: "host-local", ranges: [[{ subnet: "10.1.0.0/30" }]] },
});
const large = network([{ subnet }], [{ subnet: subnet6 }]);

describeWith(needs, "addresses that cannot be had", () => {
  test("a range without a free one, until one is given back", async () => {
    const node = await nodeWithFirst(small);
    expect(
      await refuse(
        node,
        { config: small },
        { code: 101, says: ["no IP addresses available", "10.1.0.1-10.1.0.2", "delete containers"] },
      ),
    ).toEqual(clean);
    expect(await leases(node)).toEqual(["10.1.0.2"]);
    await detach(node, small, first);
    await expectToWork(node, small);
  });

  test("a second set without a free one: the address of the first is given back", async () => {
    const config = network([{ subnet }], [{ subnet: "fd00:1::/126" }]);
    const node = await nodeWithFirst(config);
    const holders = ["a", "b"].map((containerId) => ({ containerId, netns: containerId }));
    await node.addNamespace("a");
    await attach(node, config, { containerId: "a", netns: "a" });
    expect(await refuse(node, { config }, { code: 101, says: ["range 1", "fd00:1::1-fd00:1::3"] })).toEqual(
      clean,
    );
    expect(holders).toHaveLength(2);
    expect(await leases(node)).toEqual(["10.1.0.2", "10.1.0.3", "fd00:1::2", "fd00:1::3"]);
  });

  test.each<[string, Partial<{ args: string; config: Config }>, number, Refusal["says"]]>([
    ["is taken", { args: "IP=10.1.0.9" }, 102, ["10.1.0.9", "not available", "first"]],
    [
      "is taken, as args.cni.ips",
      { config: { ...large, args: { cni: { ips: ["10.1.0.9"] } } } },
      102,
      ["10.1.0.9", "first"],
    ],
    [
      "is taken, as runtimeConfig.ips",
      { config: { ...large, runtimeConfig: { ips: ["10.1.0.9/24"] } } },
      102,
      ["10.1.0.9", "first"],
    ],
    ["is outside of all ranges", { args: "IP=10.2.0.9" }, 102, ["10.2.0.9", "10.1.0.1-10.1.0.254"]],
    ["is the gateway", { args: "IP=10.1.0.1" }, 102, ["10.1.0.1", "gateway"]],
    ["is the network's", { args: "IP=10.1.0.0" }, 102, ["10.1.0.0", "10.1.0.1-10.1.0.254"]],
    ["is the broadcast address", { args: "IP=10.1.0.255" }, 102, ["10.1.0.255", "10.1.0.1-10.1.0.254"]],
    [
      "is the second of a set",
      { config: { ...large, runtimeConfig: { ips: ["10.1.0.20", "10.1.0.21"] } } },
      102,
      ["10.1.0.21", "one address"],
    ],
    [
      "is the second of a set, by two ways",
      { args: "IP=10.1.0.20", config: { ...large, args: { cni: { ips: ["10.1.0.21"] } } } },
      102,
      ["10.1.0.21", "one address"],
    ],
  ])("a requested address that %s", async (_what, call, code, says) => {
    const node = await nodeWithFirst(large, "IP=10.1.0.9");
    expect(await refuse(node, { config: large, ...call }, { code, says })).toEqual(clean);
    await expectToWork(node, large, { args: "IP=10.1.0.20" });
  });

  test("the same container twice", async () => {
    const node = await nodeWithFirst(large);
    expect(
      await refuse(
        node,
        { config: large, ...first },
        { code: 103, says: ['"eth0"', "in use", "first", "DEL"] },
      ),
    ).toEqual(clean);
    expect(
      await refuse(
        node,
        { config: large, ...first, netns: "pod" },
        { code: 103, says: ['"eth0"', '"first"', "another namespace", "DEL"] },
      ),
    ).toEqual(clean);
    await expectToWork(node, large);
  });

  test("host-local by itself gives a container no second address", async () => {
    const node = await nodeWithFirst(large);
    expect(
      await refuse(
        node,
        { config: large, type: "host-local", ...first },
        { code: 102, says: ["10.1.0.2", "first", "duplicate", "DEL"] },
      ),
    ).toEqual(clean);
  });
});
