import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest, referenceFolder } from "../node/index.ts";
import { attach, call, detach, refused } from "./attachment.ts";
import { holdLock } from "./held-lock.ts";
import { type Config, allVersions } from "./network.ts";
import { leases } from "../node/state.ts";

const startNode = nodesPerTest();
const folder = "/var/lib/cni/networks/net";

/** Host-local alone, as a main plugin calls it. */
function network(ipam: Config, more: Config = {}): Config {
  return {
    cniVersion: "1.1.0",
    name: "net",
    type: "host-local",
    ipam: { type: "host-local", ...ipam },
    ...more,
  };
}

function small(subnet = "10.1.2.0/29"): Config {
  return network({ ranges: [[{ subnet }]] });
}

function whose(containerId: string, ifname = "eth0"): { netns: string; containerId: string; ifname: string } {
  return { netns: "/run/netns/any", containerId, ifname };
}

async function addressOf(node: FakeNode, config: Config, containerId: string): Promise<string> {
  return (await attach(node, config, whose(containerId))).ips?.[0]?.address ?? "";
}

async function put(node: FakeNode, taken: readonly string[], last?: string): Promise<void> {
  for (const address of taken) {
    node.write(`${folder}/${address}`, "somebody\r\neth0");
  }
  if (last !== undefined) {
    node.write(`${folder}/last_reserved_ip.0`, last);
  }
}

/** Where the next address is looked for: what is taken, what was given last, and what comes then. */
const rounds: [what: string, ranges: Config[], taken: string[], last: string | undefined, next: string][] = [
  ["fresh", [{ subnet: "10.0.0.0/29" }], [], undefined, "10.0.0.2/29"],
  ["fresh IPv6", [{ subnet: "2001:db8:1::/64" }], [], undefined, "2001:db8:1::2/64"],
  ["fresh /30", [{ subnet: "10.0.0.0/30" }], [], undefined, "10.0.0.2/30"],
  ["the first is taken", [{ subnet: "10.0.0.0/29" }], ["10.0.0.2"], undefined, "10.0.0.3/29"],
  ["after the last", [{ subnet: "10.0.0.0/29" }], ["10.0.0.2"], "10.0.0.3", "10.0.0.4/29"],
  [
    "after a run of taken ones",
    [{ subnet: "10.0.0.0/29" }],
    ["10.0.0.4", "10.0.0.5"],
    "10.0.0.3",
    "10.0.0.6/29",
  ],
  [
    "around the end",
    [{ subnet: "10.0.0.0/29" }],
    ["10.0.0.4", "10.0.0.5", "10.0.0.6"],
    "10.0.0.3",
    "10.0.0.2/29",
  ],
  ["the last is outside of the range", [{ subnet: "10.0.0.0/29" }], [], "10.0.0.128", "10.0.0.2/29"],
  ["the last is no address", [{ subnet: "10.0.0.0/29" }], [], "nonsense", "10.0.0.2/29"],
  [
    "only the last is free",
    [{ subnet: "10.0.0.0/29" }],
    ["10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"],
    "10.0.0.3",
    "10.0.0.3/29",
  ],
  [
    "the first of two pools",
    [{ subnet: "10.0.0.0/30" }, { subnet: "10.0.1.0/30" }],
    [],
    undefined,
    "10.0.0.2/30",
  ],
  [
    "on to the second pool",
    [{ subnet: "10.0.0.0/30" }, { subnet: "10.0.1.0/30" }],
    ["10.0.0.2"],
    "10.0.0.2",
    "10.0.1.2/30",
  ],
  [
    "back to the first pool",
    [{ subnet: "10.0.0.0/30" }, { subnet: "10.0.1.0/30" }],
    ["10.0.1.2"],
    "10.0.1.2",
    "10.0.0.2/30",
  ],
  [
    "from rangeStart",
    [{ subnet: "10.0.0.0/24", rangeStart: "10.0.0.40", rangeEnd: "10.0.0.41" }],
    [],
    undefined,
    "10.0.0.40/24",
  ],
  [
    "over a gateway in the middle",
    [{ subnet: "10.0.0.0/24", rangeStart: "10.0.0.40", gateway: "10.0.0.40" }],
    [],
    undefined,
    "10.0.0.41/24",
  ],
];

const full: [what: string, ranges: Config[], taken: string[], named: string][] = [
  ["one pool", [{ subnet: "10.0.0.0/30" }], ["10.0.0.2"], "10.0.0.1-10.0.0.2"],
  [
    "two pools",
    [{ subnet: "10.0.0.0/30" }, { subnet: "10.0.1.0/30" }],
    ["10.0.0.2", "10.0.1.2"],
    "10.0.0.1-10.0.0.2,10.0.1.1-10.0.1.2",
  ],
  [
    "a part of a subnet",
    [{ subnet: "10.0.0.0/24", rangeStart: "10.0.0.9", rangeEnd: "10.0.0.9" }],
    ["10.0.0.9"],
    "10.0.0.9-10.0.0.9",
  ],
];

describeWith({ plugins: ["host-local"] }, "host-local leases", () => {
  test.each(allVersions)(
    "gives and takes back addresses of both families, in version %s",
    async (cniVersion) => {
      const node = await startNode();
      const routes = [
        { dst: "0.0.0.0/0" },
        { dst: "::/0" },
        { dst: "192.168.0.0/16", gw: "1.1.1.1" },
        { dst: "2001:db8:2::0/64", gw: "2001:db8:3::1" },
      ];
      const ranges = [
        [{ subnet: "10.1.2.0/24" }, { subnet: "10.2.2.0/24" }],
        [{ subnet: "2001:db8:1::0/64" }],
      ];
      const config = network({ ranges, routes }, { cniVersion });
      const before = await node.snapshot();
      const result = await attach(node, config, whose("dummy"));
      const [ip4, ip6] = [
        { address: "10.1.2.2/24", gateway: "10.1.2.1" },
        { address: "2001:db8:1::2/64", gateway: "2001:db8:1::1" },
      ];
      const listed = routes.map((route) => ({ ...route, dst: route.dst.replace("2::0", "2::") }));
      const old = { ip: ip4.address, gateway: ip4.gateway, routes: [listed[0], listed[2]] };
      const shapes = {
        old: {
          ip4: old,
          ip6: { ip: ip6.address, gateway: ip6.gateway, routes: [listed[1], listed[3]] },
          dns: {},
        },
        middle: {
          ips: [
            { version: "4", ...ip4 },
            { version: "6", ...ip6 },
          ],
          routes: listed,
          dns: {},
        },
        new: { ips: [ip4, ip6], routes: listed },
      };
      const shape = cniVersion < "0.3.0" ? shapes.old : cniVersion < "1.0.0" ? shapes.middle : shapes.new;
      expect(result).toEqual({ cniVersion, ...shape });
      expect(node.read(`${folder}/10.1.2.2`)).toBe("dummy\r\neth0");
      expect(node.read(`${folder}/2001:db8:1::2`)).toBe("dummy\r\neth0");
      expect(node.read(`${folder}/last_reserved_ip.0`)).toBe("10.1.2.2");
      expect(node.read(`${folder}/last_reserved_ip.1`)).toBe("2001:db8:1::2");
      await detach(node, config, whose("dummy"));
      const left = diff(before, await node.snapshot()).map((line) => line.slice(0, line.indexOf(": ")));
      expect(left).toEqual(
        ["", "/net", "/net/last_reserved_ip.0", "/net/last_reserved_ip.1", "/net/lock"].map(
          (name) => `+ files / /var/lib/cni/networks${name}`,
        ),
      );
    },
  );

  test("files have the modes of the reference", async () => {
    const node = await startNode();
    await attach(node, small(), whose("one"));
    const names = [".", "lock", "10.1.2.2", "last_reserved_ip.0"];
    const { stdout } = await node.run("stat", ["-c", "%n %a", ...names], { cwd: folder });
    expect(stdout.split("\n")).toEqual([". 755", "lock 750", "10.1.2.2 600", "last_reserved_ip.0 600"]);
  });

  test("dataDir puts the files elsewhere", async () => {
    const node = await startNode();
    const config = network({ ranges: [[{ subnet: "10.1.2.0/24" }]], dataDir: "/var/lib/node/leases" });
    await attach(node, config, whose("one"));
    expect(node.read("/var/lib/node/leases/net/10.1.2.2")).toBe("one\r\neth0");
    expect(await leases(node)).toEqual([]);
    await detach(node, config, whose("one"));
    expect((await node.run("ls", ["/var/lib/node/leases/net"])).stdout).toBe("last_reserved_ip.0\nlock");
  });

  test("two networks keep their leases apart, and two interfaces of a container as well", async () => {
    const node = await startNode();
    const [first, second] = [small(), { ...small(), name: "other" }];
    await attach(node, first, whose("one", "eth0"));
    await attach(node, first, whose("one", "eth1"));
    await attach(node, second, whose("one", "eth0"));
    await detach(node, first, whose("one", "eth0"));
    expect([await leases(node), await leases(node, "other")]).toEqual([["10.1.2.3"], ["10.1.2.2"]]);
  });

  test("a second ADD of the same container is refused, others are served", async () => {
    const node = await startNode();
    await attach(node, small(), whose("one"));
    for (const other of ["two", "three"]) {
      const refusal = await refused(node, "ADD", small(), whose("one"));
      expect(refusal.msg).toMatch(
        /10\.1\.2\.2 has been allocated to one, duplicate allocation is not allowed/,
      );
      await attach(node, small(), whose(other));
    }
    expect(await leases(node)).toEqual(["10.1.2.2", "10.1.2.3", "10.1.2.4"]);
  });

  test("a lease of old, with the container alone, is found and taken back", async () => {
    const node = await startNode();
    await attach(node, small(), whose("one"));
    node.write(`${folder}/10.1.2.2`, "one");
    expect(
      await call(
        node,
        "CHECK",
        { ...small(), prevResult: { cniVersion: "1.1.0", ips: [{ address: "10.1.2.2/29" }] } },
        whose("one"),
      ),
    ).toMatchObject({ exitCode: 0 });
    await detach(node, small(), whose("one"));
    expect(await leases(node)).toEqual([]);
  });

  test("DEL of an unknown container succeeds and takes nothing", async () => {
    const node = await startNode();
    await attach(node, small(), whose("one"));
    for (const stranger of [whose("two"), whose("on"), whose("one", "eth1"), whose("one.eth0")]) {
      await detach(node, small(), stranger);
    }
    expect(await leases(node)).toEqual(["10.1.2.2"]);
  });

  test.each(rounds)("round robin: %s", async (_what, range, taken, last, next) => {
    const node = await startNode();
    await put(node, taken, last);
    expect(await addressOf(node, network({ ranges: [range] }), "one")).toBe(next);
    expect(node.read(`${folder}/last_reserved_ip.0`)).toBe(next.split("/")[0]);
  });

  test("every address but network, gateway and broadcast is given once, then none", async () => {
    const node = await startNode();
    const given: string[] = [];
    for (const name of ["a", "b", "c", "d", "e"]) {
      given.push(await addressOf(node, small(), name));
    }
    expect(given).toEqual(["10.1.2.2/29", "10.1.2.3/29", "10.1.2.4/29", "10.1.2.5/29", "10.1.2.6/29"]);
    expect(await refused(node, "ADD", small(), whose("f"))).toMatchObject({ code: 101 });
  });

  test("an address that was given back comes last", async () => {
    const node = await startNode();
    expect(await addressOf(node, small(), "one")).toBe("10.1.2.2/29");
    await detach(node, small(), whose("one"));
    expect(await addressOf(node, small(), "one")).toBe("10.1.2.3/29");
  });

  test.each(full)(
    "out of addresses in %s: the ranges are named, nothing is kept",
    async (_what, range, taken, named) => {
      const node = await startNode();
      await put(node, taken);
      const config = network({ ranges: [[{ subnet: "10.77.0.0/24" }], range] });
      const refusal = await refused(node, "ADD", config, whose("one"));
      expect(refusal).toMatchObject({
        code: 101,
        msg: expect.stringContaining(`no IP addresses available in range set: ${named}`),
      });
      expect(await leases(node)).toEqual(taken.toSorted());
    },
  );

  const requests: [what: string, more: Config, CNI_ARGS: string | undefined, ips: string[]][] = [
    ["args.cni.ips", { args: { cni: { ips: ["10.1.2.88"] } } }, undefined, ["10.1.2.88/24"]],
    [
      "args.cni.ips of two sets",
      { args: { cni: { ips: ["10.1.2.88", "10.1.3.77"] } } },
      undefined,
      ["10.1.2.88/24", "10.1.3.77/24"],
    ],
    [
      "runtimeConfig.ips with a length",
      { runtimeConfig: { ips: ["10.1.2.89/24"] } },
      undefined,
      ["10.1.2.89/24"],
    ],
    ["CNI_ARGS", {}, "IP=10.1.2.90", ["10.1.2.90/24"]],
    [
      "the first and the last of the range",
      { args: { cni: { ips: ["10.1.2.2", "10.1.3.254"] } } },
      undefined,
      ["10.1.2.2/24", "10.1.3.254/24"],
    ],
  ];

  test.each(requests)("requested by %s", async (_what, more, CNI_ARGS, ips) => {
    const node = await startNode();
    const ranges =
      ips.length === 1
        ? [[{ subnet: "10.1.2.0/24" }]]
        : [[{ subnet: "10.1.2.0/24" }], [{ subnet: "10.1.3.0/24" }]];
    const config = network({ ranges }, more);
    const asking = { ...whose("one"), ...(CNI_ARGS === undefined ? {} : { args: CNI_ARGS }) };
    expect(((await attach(node, config, asking)).ips ?? []).map(({ address }) => address)).toEqual(ips);
  });

  const impossible: [what: string, ips: string[], says: RegExp][] = [
    ["is taken", ["10.1.2.50"], /10\.1\.2\.50/],
    ["is the gateway", ["10.1.2.1"], /10\.1\.2\.1/],
    ["comes after rangeEnd", ["10.1.2.200"], /10\.1\.2\.200/],
    ["comes before rangeStart", ["10.1.2.5"], /10\.1\.2\.5/],
    ["is the second for one set", ["10.1.2.60", "10.1.2.61"], /10\.1\.2\.6/],
    ["is no address", ["10.1.2"], /10\.1\.2/],
  ];

  test.each(impossible)(
    "a requested address that %s is refused, and nothing is kept",
    async (_what, ips, says) => {
      const node = await startNode();
      await put(node, ["10.1.2.50"]);
      const range = { subnet: "10.1.2.0/24", rangeStart: "10.1.2.10", rangeEnd: "10.1.2.100" };
      const config = network({ ranges: [[range]] }, { runtimeConfig: { ips } });
      expect((await refused(node, "ADD", config, whose("one"))).msg).toMatch(says);
      expect(await leases(node)).toEqual(["10.1.2.50"]);
    },
  );

  const resolvers: [what: string, text: string, dns: Config | undefined][] = [
    ["one name server", "nameserver 192.0.2.1", { nameservers: ["192.0.2.1"] }],
    ["comments", "# a\n; b\nnameserver 192.0.2.1\n#nameserver 192.0.2.2\n", { nameservers: ["192.0.2.1"] }],
    [
      "everything",
      "nameserver 192.0.2.1\nnameserver 192.0.2.2\ndomain example.com\nsearch a.test b.test\nsearch c.test\noptions x y:1\noptions z\n",
      {
        nameservers: ["192.0.2.1", "192.0.2.2"],
        domain: "example.com",
        search: ["a.test", "b.test", "c.test"],
        options: ["x", "y:1", "z"],
      },
    ],
    ["nothing", "", undefined],
  ];

  test.each(resolvers)("resolvConf with %s", async (_what, text, dns) => {
    const node = await startNode();
    node.write("/var/lib/node/resolv.conf", text);
    const config = network({
      ranges: [[{ subnet: "10.1.2.0/24" }]],
      resolvConf: "/var/lib/node/resolv.conf",
    });
    expect((await attach(node, config, whose("one"))).dns).toEqual(dns);
  });

  test("a resolvConf that is missing is refused and keeps no address", async () => {
    const node = await startNode();
    const config = network({ ranges: [[{ subnet: "10.1.2.0/24" }]], resolvConf: "/nowhere" });
    expect((await refused(node, "ADD", config, whose("one"))).msg).toContain("/nowhere");
    expect(await leases(node)).toEqual([]);
  });

  test("the single form, ranges and runtimeConfig.ipRanges are tried in the reference's order", async () => {
    const node = await startNode();
    const config = network(
      {
        subnet: "10.2.0.0/24",
        rangeStart: "10.2.0.9",
        gateway: "10.2.0.200",
        ranges: [[{ subnet: "10.3.0.0/24" }]],
      },
      { runtimeConfig: { ipRanges: [[{ subnet: "10.1.0.0/24" }]] } },
    );
    expect((await attach(node, config, whose("one"))).ips).toEqual([
      { address: "10.1.0.2/24", gateway: "10.1.0.1" },
      { address: "10.2.0.9/24", gateway: "10.2.0.200" },
      { address: "10.3.0.2/24", gateway: "10.3.0.1" },
    ]);
  });
});

describeWith({ plugins: ["host-local"], commands: ["flock"] }, "host-local's lock", () => {
  test("ADD and DEL wait for whoever holds it, and go on then", async () => {
    const node = await startNode();
    await attach(node, small(), whose("one"));
    for (const command of ["ADD", "DEL"]) {
      const holder = await holdLock(node, `${folder}/lock`);
      let ended = false;
      const waiting = call(node, command, small(), whose("two")).then((result) => {
        ended = true;
        return result;
      });
      await new Promise((done) => setTimeout(done, 300));
      expect(ended).toBe(false);
      await holder.stop();
      expect(await waiting).toMatchObject({ exitCode: 0 });
    }
    expect(await leases(node)).toEqual(["10.1.2.2"]);
  });
});

const reference = { plugins: ["host-local"], files: [`${referenceFolder}/host-local`] };

describeWith(reference, "host-local beside the reference", () => {
  test("both leave the same files, byte for byte", async () => {
    const states: unknown[] = [];
    for (const theirs of [false, true]) {
      const node = await startNode();
      const config = {
        ...network({ ranges: [[{ subnet: "10.1.2.0/24" }], [{ subnet: "fd00::/64" }]] }),
        cniVersion: "1.0.0",
      };
      const from = theirs ? { folder: referenceFolder } : {};
      const before = await node.snapshot();
      for (const name of ["one", "two", "three"]) {
        expect(await call(node, "ADD", config, { ...whose(name), ...from })).toMatchObject({ exitCode: 0 });
      }
      expect(await call(node, "DEL", config, { ...whose("two"), ...from })).toMatchObject({ exitCode: 0 });
      const lines = diff(before, await node.snapshot());
      // The reference made leases readable for everybody before 1.4; ours are as it makes them since.
      states.push(lines.map((line) => line.replace('"mode":"644"', '"mode":"600"')));
    }
    expect(states[0]).toEqual(states[1]);
  });

  test("each takes back and continues after what the other gave", async () => {
    const node = await startNode();
    const config = { ...small("10.1.2.0/24"), cniVersion: "1.0.0" };
    const theirs = { folder: referenceFolder };
    const given: (string | undefined)[] = [];
    for (const [name, from] of [
      ["a", {}],
      ["b", theirs],
      ["c", {}],
      ["d", theirs],
    ] as const) {
      given.push((await call(node, "ADD", config, { ...whose(name), ...from })).json?.ips?.[0]?.address);
    }
    expect(given).toEqual(["10.1.2.2/24", "10.1.2.3/24", "10.1.2.4/24", "10.1.2.5/24"]);
    await detach(node, config, whose("b"));
    expect(await call(node, "DEL", config, { ...whose("a"), ...theirs })).toMatchObject({ exitCode: 0 });
    expect(await leases(node)).toEqual(["10.1.2.4", "10.1.2.5"]);
  });

  test("both at once never give an address twice", async () => {
    const node = await startNode();
    const config = { ...small("10.1.2.0/24"), cniVersion: "1.0.0" };
    const names = Array.from({ length: 24 }, (_, index) => `c${index}`);
    const given = await Promise.all(
      names.map(async (name, index) => {
        const from = index % 2 === 0 ? {} : { folder: referenceFolder };
        return (await call(node, "ADD", config, { ...whose(name), ...from })).json?.ips?.[0]?.address;
      }),
    );
    expect(new Set(given).size).toBe(24);
    expect(await leases(node)).toHaveLength(24);
  });
});
