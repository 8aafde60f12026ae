import { expect, test } from "@jest/globals";
import { describeWith, diff, nodesPerTest } from "../node/index.ts";
import { attach, call, detach, refused } from "./attachment.ts";
import { type Config, allVersions } from "./network.ts";

const startNode = nodesPerTest();
const one = { netns: "/run/netns/any", containerId: "one" };

function network(ipam: Config | undefined, more: Config = {}): Config {
  return {
    cniVersion: "1.1.0",
    name: "net",
    type: "host-local",
    ...(ipam === undefined ? {} : { ipam }),
    ...more,
  };
}

function ranges(...sets: readonly (readonly Config[])[]): Config {
  return { type: "host-local", ranges: sets };
}

/** Ranges with the defaults that they get: the first address given, and the gateway. */
const defaults: [range: Config, first: string, gateway: string][] = [
  [{ subnet: "192.0.2.0/24" }, "192.0.2.2/24", "192.0.2.1"],
  [{ subnet: "192.0.2.128/25" }, "192.0.2.130/25", "192.0.2.129"],
  [{ subnet: "2001:db8:1::/64" }, "2001:db8:1::2/64", "2001:db8:1::1"],
  [{ subnet: "2001:DB8:1:0::/126" }, "2001:db8:1::2/126", "2001:db8:1::1"],
  [{ subnet: "10.0.0.0/8", rangeStart: "10.200.0.1" }, "10.200.0.1/8", "10.0.0.1"],
  [
    { subnet: "192.0.2.0/24", rangeStart: "192.0.2.40", rangeEnd: "192.0.2.50", gateway: "192.0.2.254" },
    "192.0.2.40/24",
    "192.0.2.254",
  ],
  [{ subnet: "192.0.2.0/24", gateway: "192.0.2.2" }, "192.0.2.1/24", "192.0.2.2"],
];

/** Configurations that no ADD accepts, and the words that tell why. */
const refusals: [what: string, ipam: Config | undefined, says: RegExp][] = [
  ["no ipam", undefined, /ipam/],
  ["no ranges", { type: "host-local" }, /no IP ranges specified/],
  ["an empty range set", ranges([]), /empty range set/],
  ["no subnet", ranges([{}]), /subnet/],
  ["host bits in an IPv4 subnet", ranges([{ subnet: "192.0.2.12/24" }]), /192\.0\.2\.12\/24|192\.0\.2\.0/],
  ["host bits in an IPv6 subnet", ranges([{ subnet: "2001:db8:1::24/64" }]), /2001:db8:1::/],
  ["a subnet of 31 bits", ranges([{ subnet: "192.0.2.0/31" }]), /too small/],
  ["a subnet of 32 bits", ranges([{ subnet: "192.0.2.1/32" }]), /too small/],
  ["a subnet of 127 bits", ranges([{ subnet: "2001:db8::/127" }]), /too small/],
  ["a length beyond the family's", ranges([{ subnet: "10.0.0.0/33" }]), /10\.0\.0\.0\/33/],
  ["no length", ranges([{ subnet: "10.0.0.0" }]), /10\.0\.0\.0/],
  ["leading zeros", ranges([{ subnet: "10.0.00.0/24" }]), /10\.0\.00\.0/],
  ["a start outside", ranges([{ subnet: "192.0.2.0/24", rangeStart: "192.0.3.1" }]), /192\.0\.3\.1/],
  ["an end outside", ranges([{ subnet: "192.0.2.0/24", rangeEnd: "192.0.4.1" }]), /192\.0\.4\.1/],
  [
    "a start after the end",
    ranges([{ subnet: "192.0.2.0/24", rangeStart: "192.0.2.50", rangeEnd: "192.0.2.40" }]),
    /192\.0\.2\.[45]0/,
  ],
  ["a gateway outside", ranges([{ subnet: "192.0.2.0/24", gateway: "198.51.100.1" }]), /198\.51\.100\.1/],
  ["a gateway that is no address", ranges([{ subnet: "192.0.2.0/24", gateway: "first" }]), /first/],
  [
    "families mixed in a set",
    ranges([{ subnet: "192.0.2.0/24" }, { subnet: "2001:db8::/64" }]),
    /mixed address families/,
  ],
  [
    "pools of a set that overlap",
    ranges([{ subnet: "192.0.2.0/24" }, { subnet: "192.0.2.128/25" }]),
    /overlap/,
  ],
  ["sets that overlap", ranges([{ subnet: "10.2.0.0/16" }], [{ subnet: "10.2.4.0/24" }]), /overlap/],
  ["ranges of a wrong type", { type: "host-local", ranges: { subnet: "10.0.0.0/24" } }, /ranges/],
  [
    "a route without destination",
    { ...ranges([{ subnet: "192.0.2.0/24" }]), routes: [{ gw: "192.0.2.1" }] },
    /dst/,
  ],
];

const disjoint: [what: string, ipam: Config][] = [
  [
    "of one subnet in one set",
    ranges([
      { subnet: "10.0.0.0/24", rangeEnd: "10.0.0.9" },
      { subnet: "10.0.0.0/24", rangeStart: "10.0.0.10" },
    ]),
  ],
  [
    "of one subnet in two sets",
    ranges(
      [{ subnet: "10.0.0.0/24", rangeEnd: "10.0.0.9" }],
      [{ subnet: "10.0.0.0/24", rangeStart: "10.0.0.10" }],
    ),
  ],
  ["of two families", ranges([{ subnet: "10.0.0.0/24" }], [{ subnet: "fd00::/64" }])],
];

describeWith({ plugins: ["host-local"] }, "ranges of host-local", () => {
  test.each(defaults)("%j", async (range, address, gateway) => {
    const node = await startNode();
    expect((await attach(node, network(ranges([range])), one)).ips).toEqual([{ address, gateway }]);
  });

  test.each(disjoint)("ranges that do not overlap, %s, are accepted", async (_what, ipam) => {
    const node = await startNode();
    const added = await attach(node, network(ipam), one);
    expect(added.ips?.length).toBeGreaterThan(0);
    await detach(node, network(ipam), one);
  });

  test.each(refusals)(
    "%s: ADD is refused with code 7 and does nothing, DEL succeeds",
    async (_what, ipam, says) => {
      const node = await startNode();
      const before = await node.snapshot();
      expect(await refused(node, "ADD", network(ipam), one)).toMatchObject({
        code: 7,
        msg: expect.stringMatching(says),
      });
      expect(diff(before, await node.snapshot())).toEqual([]);
      expect(await call(node, "DEL", network(ipam), one)).toMatchObject({ exitCode: 0, stdout: "" });
    },
  );

  test.each(allVersions)("two ranges of one family in version %s", async (cniVersion) => {
    const node = await startNode();
    const config = network(ranges([{ subnet: "10.1.2.0/24" }], [{ subnet: "10.1.3.0/24" }]), { cniVersion });
    const ended = await call(node, "ADD", config, one);
    const refusal = {
      code: 7,
      msg: `CNI version ${cniVersion} does not support more than 1 address per family`,
    };
    expect(ended).toMatchObject(cniVersion < "0.3.0" ? { exitCode: 1, json: refusal } : { exitCode: 0 });
    await detach(node, config, one);
  });
});
