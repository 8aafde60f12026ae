import { expect, test } from "@jest/globals";
import { type FakeNode, type PluginReply, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { type Whose, attach, call, detach, refused } from "./attachment.ts";
import { type Config, bridgeNetwork, four, hostLocal, plainBridge, six } from "./network.ts";
import { remainsAfterFailure } from "./remains.ts";
import { addressTexts, leases, link, port, routes } from "../node/state.ts";

const startNode = nodesPerTest();
const eth0 = { netns: "one" };

async function attached(
  config: Config,
  whose: Whose = eth0,
): Promise<{ node: FakeNode; result: PluginReply; host: string }> {
  const node = await startNode();
  await node.addNamespace("one");
  const result = await attach(node, config, whose);
  return { node, result, host: result.interfaces?.[1]?.name ?? "" };
}

const [args, cni, runtime] = ["02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c"];

/** What the caller asks for, by each of its ways; the last named wins. */
const macs: [what: string, CNI_ARGS: string | undefined, more: Config, mac: string][] = [
  ["CNI_ARGS", `MAC=${args}`, {}, args],
  ["args.cni", undefined, { args: { cni: { mac: cni } } }, cni],
  ["runtimeConfig", undefined, { runtimeConfig: { mac: runtime } }, runtime],
  ["args.cni over CNI_ARGS", `MAC=${args}`, { args: { cni: { mac: cni } } }, cni],
  [
    "runtimeConfig over args.cni",
    undefined,
    { args: { cni: { mac: cni } }, runtimeConfig: { mac: runtime } },
    runtime,
  ],
  ["runtimeConfig over CNI_ARGS", `MAC=${args}`, { runtimeConfig: { mac: runtime } }, runtime],
  [
    "runtimeConfig over both",
    `IgnoreUnknown=1;MAC=${args}`,
    { args: { cni: { mac: cni } }, runtimeConfig: { mac: runtime } },
    runtime,
  ],
  ["an empty one counts as none", `MAC=${args}`, { runtimeConfig: { mac: "" } }, args],
  ["upper case and dashes", undefined, { runtimeConfig: { mac: "02-00-00-00-00-AB" } }, "02:00:00:00:00:ab"],
];

const addresses: [what: string, CNI_ARGS: string | undefined, more: Config, ips: string[]][] = [
  ["CNI_ARGS", "IP=10.1.0.77", {}, ["10.1.0.77/24"]],
  ["CNI_ARGS with a prefix length", "IP=10.1.0.77/16", {}, ["10.1.0.77/24"]],
  [
    "CNI_ARGS beside what Kubernetes sends",
    "IgnoreUnknown=1;K8S_POD_NAMESPACE=a;IP=10.1.0.77;K8S_POD_NAME=b",
    {},
    ["10.1.0.77/24"],
  ],
  ["args.cni.ips", undefined, { args: { cni: { ips: ["10.1.0.78"] } } }, ["10.1.0.78/24"]],
  ["runtimeConfig.ips", undefined, { runtimeConfig: { ips: ["10.1.0.79/24"] } }, ["10.1.0.79/24"]],
  [
    "runtimeConfig.ips of both families",
    undefined,
    { runtimeConfig: { ips: ["fd00:1::99", "10.1.0.79"] }, ipam: hostLocal(four, six) },
    ["10.1.0.79/24", "fd00:1::99/64"],
  ],
  [
    "one for each set, from different places",
    "IP=10.1.0.77",
    { args: { cni: { ips: ["fd00:1::99"] } }, ipam: hostLocal(four, six) },
    ["10.1.0.77/24", "fd00:1::99/64"],
  ],
  [
    "runtimeConfig.ipRanges before the configuration's own",
    undefined,
    { runtimeConfig: { ipRanges: [[{ subnet: "fd00:2::/64" }]] } },
    ["fd00:2::2/64", "10.1.0.2/24"],
  ],
  [
    "runtimeConfig.ipRanges alone",
    undefined,
    {
      runtimeConfig: { ipRanges: [[{ subnet: "10.7.0.0/24", rangeStart: "10.7.0.50" }]] },
      ipam: { type: "host-local" },
    },
    ["10.7.0.50/24"],
  ],
];

describeWith({ plugins: ["bridge", "host-local"], commands: ["bridge"] }, "requests to bridge", () => {
  test.each(macs)("MAC address: %s", async (_what, CNI_ARGS, more, mac) => {
    const whose = CNI_ARGS === undefined ? eth0 : { ...eth0, args: CNI_ARGS };
    const { node, result } = await attached(bridgeNetwork(more), whose);
    expect(await link(node, "one", "eth0")).toMatchObject({ address: mac });
    expect(result.interfaces?.[2]).toMatchObject({ mac });
    await detach(node, bridgeNetwork(more), whose);
  });

  test.each(addresses)("address: %s", async (_what, CNI_ARGS, more, ips) => {
    const whose = CNI_ARGS === undefined ? eth0 : { ...eth0, args: CNI_ARGS };
    const { node, result } = await attached(bridgeNetwork(more), whose);
    expect((result.ips ?? []).map(({ address }) => address)).toEqual(ips);
    expect((await addressTexts(node, "one", "eth0")).toSorted()).toEqual(ips.toSorted());
    await detach(node, bridgeNetwork(more), whose);
    expect(await leases(node)).toEqual([]);
  });

  const badArguments: [CNI_ARGS: string, says: string][] = [
    ["FOO=BAR", "unknown args"],
    ["ip=10.1.0.5", "unknown args"],
    ["IgnoreUnknown=0;FOO=BAR", "unknown args"],
    ["IP", "invalid pair"],
    ["MAC=02:00:00:00:00", "MAC"],
    ["IgnoreUnknown=1;MAC=nonsense", "MAC"],
  ];

  test.each(badArguments)(
    "CNI_ARGS %s is refused by ADD, which does nothing, and not by DEL",
    async (text, says) => {
      const node = await startNode();
      await node.addNamespace("one");
      const before = await node.snapshot();
      const whose = { ...eth0, args: text };
      const refusal = await refused(node, "ADD", bridgeNetwork(), whose);
      expect(refusal).toMatchObject({ code: 4, msg: expect.stringContaining(says) });
      expect(diff(before, await node.snapshot())).toEqual([]);
      await attach(node, bridgeNetwork(), eth0);
      expect(await call(node, "DEL", bridgeNetwork(), whose)).toMatchObject({ exitCode: 0, stdout: "" });
      expect(await leases(node)).toEqual([]);
    },
  );

  test("an address that is taken, or outside of all ranges, is refused and changes nothing", async () => {
    const { node } = await attached(bridgeNetwork());
    await node.addNamespace("two");
    const before = await node.snapshot();
    for (const address of ["10.1.0.2", "10.9.0.2", "10.1.0.1"]) {
      const two = { netns: "two", containerId: "two", args: `IP=${address}` };
      const refusal = await refused(node, "ADD", bridgeNetwork(), two);
      expect(refusal).toMatchObject({ msg: expect.stringContaining(address) });
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    }
  });

  const resolver = {
    nameservers: ["192.0.2.53"],
    domain: "example.test",
    search: ["a.test"],
    options: ["ndots:2"],
  };

  const names: [what: string, more: Config, dns: Config | undefined][] = [
    ["from the configuration", { dns: resolver }, resolver],
    [
      "from IPAM",
      { ipam: { ...hostLocal(four), resolvConf: "/var/lib/node/resolv.conf" } },
      {
        nameservers: ["192.0.2.1"],
        domain: "ipam.test",
        search: ["x.test", "y.test"],
        options: ["timeout:1"],
      },
    ],
    [
      "from the configuration alone where it has any",
      {
        dns: { search: ["only.test"] },
        ipam: { ...hostLocal(four), resolvConf: "/var/lib/node/resolv.conf" },
      },
      { search: ["only.test"] },
    ],
    [
      "from IPAM where the configuration's is empty",
      { dns: { nameservers: [] }, ipam: { ...hostLocal(four), resolvConf: "/var/lib/node/resolv.conf" } },
      {
        nameservers: ["192.0.2.1"],
        domain: "ipam.test",
        search: ["x.test", "y.test"],
        options: ["timeout:1"],
      },
    ],
    ["absent where there is none", {}, undefined],
  ];

  test.each(names)("dns: %s", async (_what, more, dns) => {
    const node = await startNode();
    await node.addNamespace("one");
    node.write(
      "/var/lib/node/resolv.conf",
      "# comment\nnameserver 192.0.2.1\ndomain ipam.test\nsearch x.test y.test\noptions timeout:1\n",
    );
    expect((await attach(node, bridgeNetwork(more), eth0)).dns).toEqual(dns);
  });

  test("keys in any case, as runtimes written in Go send them", async () => {
    const { node, result, host } = await attached(
      {
        CNIVersion: "1.1.0",
        cniVersion: "1.1.0",
        Name: "net",
        type: "bridge",
        BRIDGE: "br7",
        ISdefaultGateway: true,
        HairpinMode: true,
        Mtu: 1300,
        RuntimeConfig: { MAC: runtime, IPs: ["10.1.0.44"] },
        IPAM: {
          TYPE: "host-local",
          Ranges: [[{ SUBNET: four, RangeStart: "10.1.0.40" }]],
          Routes: [{ DST: "10.5.0.0/16" }],
        },
      },
      eth0,
    );
    expect(result).toMatchObject({
      interfaces: [{ name: "br7", mtu: 1300 }, {}, { mac: runtime }],
      ips: [{ address: "10.1.0.44/24", gateway: "10.1.0.1" }],
    });
    expect(await port(node, host)).toMatchObject({ hairpin: true, mtu: 1300 });
    expect((await routes(node, "one", 4)).map(({ dst }) => dst).toSorted()).toEqual([
      "10.5.0.0/16",
      "default",
    ]);
  });

  test("null leaves the default", async () => {
    const keys = [
      "bridge",
      "isDefaultGateway",
      "ipMasq",
      "ipMasqBackend",
      "nonMasqueradeCIDRs",
      "mtu",
      "hairpinMode",
      "promiscMode",
    ];
    const more = [
      "forceAddress",
      "disableContainerInterface",
      "enabledad",
      "dns",
      "args",
      "runtimeConfig",
      "prevResult",
      "capabilities",
    ];
    const nothing = Object.fromEntries([...keys, ...more].map((key): [string, null] => [key, null]));
    const { node, result } = await attached(
      bridgeNetwork({ ...nothing, ipam: { ...hostLocal(four), routes: null } }),
    );
    expect(result.interfaces?.[0]).toMatchObject({ name: "cni0", mtu: 1500 });
    expect(await routes(node, "one", 4)).toEqual([]);
  });

  const doubles: [what: string, text: string, mtu: number][] = [
    ["the last of a key given twice counts", '"mtu":1300,"mtu":1350', 1350],
    ["in whatever case", '"mtu":1300,"MTU":1350', 1350],
    ["the other way round", '"MTU":1300,"mtu":1350', 1350],
    ["null leaves what was there", '"mtu":1350,"MTU":null', 1350],
  ];

  test.each(doubles)("%s", async (_what, text, mtu) => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = `{"cniVersion":"1.1.0","name":"net","type":"bridge",${text}}`;
    const ended = await node.plugin({ type: "bridge", command: "ADD", config, netns: "one" });
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(await link(node, "one", "eth0")).toMatchObject({ mtu });
  });

  test("keys that nobody knows are passed over", async () => {
    const config = plainBridge({ zzz: 1, "example.com/x": { y: [] }, capabilities: { mac: true } });
    const { node } = await attached(config);
    expect(await link(node, "one", "eth0")).toMatchObject({ operstate: "UP" });
    await detach(node, config, eth0);
  });
});
