import { expect, test } from "@jest/globals";
import { type FakeNode, type PluginReply, describeWith, nodesPerTest } from "../node/index.ts";
import { attach, call, detach } from "./attachment.ts";
import { type Config, fullNetwork } from "./network.ts";
import { clean, type Case, type Refusal, expectToWork, refuse, sharedSubject } from "./refusal.ts";
import { leases, links } from "../node/state.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["bridge", "host-local"], commands: ["nft"] };
const config = fullNetwork();

type Result = PluginReply & { readonly ips: readonly object[]; readonly interfaces: readonly object[] };

/** What a runtime that lies may send; the real result where it is a function. */
type Lie = unknown;

function ips(more: object): (result: Result) => unknown {
  return (result) => ({ ...result, ips: [{ ...result.ips[0], ...more }] });
}

function interfaces(change: (list: readonly object[]) => unknown): (result: Result) => unknown {
  return (result) => ({ ...result, interfaces: change(result.interfaces) });
}

const many = 20_000;
const several = 2000;

const lies: [what: string, lie: Lie, code: number, says: Refusal["says"]][] = [
  ["a list", [], 6, ["prevResult", "not an object"]],
  ["a text", "10.1.0.2", 6, ["prevResult", "not an object"]],
  ["a number", 5, 6, ["prevResult", "not an object"]],
  ["an unknown version", { cniVersion: "9.9.9" }, 6, ["prevResult", "9.9.9"]],
  ["a number for a version", { cniVersion: 1 }, 6, ["prevResult", "cniVersion", "1"]],
  ["ips that are no list", { ips: {} }, 6, ["prevResult", "ips", "{}"]],
  ["ips of numbers", { ips: [5] }, 6, ["prevResult", "ips[0]", "5"]],
  [
    "an address without a length",
    ips({ address: "10.1.0.2" }),
    6,
    ["prevResult", "ips[0].address", "10.1.0.2"],
  ],
  [
    "what is not an address",
    ips({ address: "10.1.0.300/24" }),
    6,
    ["prevResult", "ips[0].address", "10.1.0.300"],
  ],
  ["a number for an address", ips({ address: 5 }), 6, ["prevResult", "ips[0].address", "5"]],
  ["what is not a gateway", ips({ gateway: "here" }), 6, ["prevResult", "ips[0].gateway", "here"]],
  ["a negative interface", ips({ interface: -1 }), 6, ["prevResult", "ips[0].interface", "-1"]],
  ["half an interface", ips({ interface: 1.5 }), 6, ["prevResult", "ips[0].interface", "1.5"]],
  ["a text for an interface", ips({ interface: "2" }), 6, ["prevResult", "ips[0].interface", '"2"']],
  ["an interface that is not listed", ips({ interface: 99 }), 6, ["prevResult", "ips[0].interface", "99"]],
  [
    "an address of another family",
    ips({ address: "fd00:9::2/64", gateway: "fd00:9::1" }),
    107,
    ["fd00:9::2/64"],
  ],
  ["an address that it never had", ips({ address: "10.1.0.77/24" }), 107, ["10.1.0.77"]],
  ["interfaces that are no list", { interfaces: {} }, 6, ["prevResult", "interfaces", "{}"]],
  ["interfaces of null", { interfaces: [null] }, 6, ["prevResult", "interfaces[0]"]],
  ["a number for a name", { interfaces: [{ name: 5 }] }, 6, ["prevResult", "interfaces[0].name", "5"]],
  [
    "a number for a MAC",
    { interfaces: [{ name: "eth0", mac: 5 }] },
    6,
    ["prevResult", "interfaces[0].mac", "5"],
  ],
  [
    "an MTU that is text",
    { interfaces: [{ name: "eth0", mtu: "1500" }] },
    6,
    ["prevResult", "interfaces[0].mtu"],
  ],
  ["no interfaces", interfaces(() => []), 107, ["eth0"]],
  [
    "another sandbox",
    interfaces((list) => list.map((one) => ({ ...one, sandbox: "/proc/1/ns/net" }))),
    107,
    ["eth0"],
  ],
  [
    "another MAC",
    interfaces((list) => list.map((one) => ({ ...one, mac: "02:00:00:00:00:99" }))),
    107,
    ["02:00:00:00:00:99"],
  ],
  ["routes that are no list", { routes: "default" }, 6, ["prevResult", "routes", "default"]],
  ["a route without a destination", { routes: [{}] }, 6, ["prevResult", "routes[0].dst"]],
  [
    "a route that is not there",
    (result: Result) => ({ ...result, routes: [{ dst: "192.0.2.0/24" }] }),
    107,
    ["192.0.2.0/24"],
  ],
  ["dns that is text", { dns: "1.1.1.1" }, 6, ["prevResult", "dns", "1.1.1.1"]],
  ["dns that is a list", { dns: [] }, 6, ["prevResult", "dns", "[]"]],
  [
    `${many} interfaces`,
    interfaces(() =>
      Array.from({ length: many }, (_, at) => ({ name: `veth${at}`, mac: "02:00:00:00:00:01" })),
    ),
    107,
    ["eth0"],
  ],
  [
    `${several} addresses`,
    (result: Result) => ({
      ...result,
      ips: Array.from({ length: several }, (_, at) => ({
        address: `10.9.${at >> 8}.${at & 255}/16`,
        interface: 2,
      })),
    }),
    107,
    [/10\.9\.|missing/],
  ],
  ["__proto__", JSON.parse('{"__proto__": {"ips": [], "interfaces": []}}'), 107, ["eth0"]],
];

function applied(lie: Lie, added: PluginReply): unknown {
  const result: Result = { ...added, ips: added.ips ?? [], interfaces: added.interfaces ?? [] };
  return typeof lie === "function" ? (lie as (result: Result) => unknown)(result) : lie;
}

async function attached(): Promise<{ node: FakeNode; added: PluginReply }> {
  const node = await startNode();
  await node.addNamespace("pod");
  return { node, added: await attach(node, config, { netns: "pod" }) };
}

describeWith(needs, "a prevResult that is not what ADD said", () => {
  test.each(lies)("CHECK refuses %s, DEL does without", async (_what, lie, code, says) => {
    const { node, added } = await attached();
    const lying = { ...config, prevResult: applied(lie, added) };
    expect(await refuse(node, { config: lying, command: "CHECK" }, { code, says })).toEqual(clean);
    await detach(node, lying, { netns: "pod" });
    expect(await leases(node)).toEqual([]);
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
    expect((await links(node, "pod")).map(({ ifname }) => ifname)).toEqual(["lo"]);
    await expectToWork(node, config);
  });

  test("CHECK without one", async () => {
    const { node } = await attached();
    for (const prevResult of [undefined, null]) {
      expect(
        await refuse(
          node,
          { config: { ...config, prevResult }, command: "CHECK" },
          { code: 7, says: ["prevResult"] },
        ),
      ).toEqual(clean);
    }
  });

  test("a lie about a container cannot make DEL take another's", async () => {
    const { node, added } = await attached();
    await node.addNamespace("other");
    await attach(node, config, { netns: "other", containerId: "other" });
    await detach(node, { ...config, prevResult: added }, { netns: "other", containerId: "other" });
    expect(await leases(node)).toEqual(["10.1.0.2", "fd00:1::2"]);
    expect(await call(node, "CHECK", { ...config, prevResult: added }, { netns: "pod" })).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
  });
});

const hostile =
  '"__proto__":{"mtu":"evil","isGateway":5,"ipam":{"type":"nobody"}},"constructor":{"prototype":{"mtu":9}}';
const whole = JSON.stringify(config);

describeWith(needs, "keys that mean something to JavaScript", () => {
  const subject = sharedSubject();

  test.each([
    ["at the top", `${whole.slice(0, -1)},${hostile}}`],
    ["in ipam", whole.replace('"ipam":{', `"ipam":{${hostile},`)],
    ["in a range", whole.replace('{"subnet"', `{${hostile},"subnet"`)],
    ["in args", `${whole.slice(0, -1)},"args":{${hostile},"cni":{${hostile}}}}`],
    ["in runtimeConfig", `${whole.slice(0, -1)},"runtimeConfig":{${hostile}}}`],
  ])("%s mean nothing", async (_where, text) => {
    const node = subject.node();
    const ended = await node.plugin({ type: "bridge", command: "ADD", config: text, netns: "pod" });
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ended.json?.ips).toHaveLength(2);
    expect(ended.json?.interfaces?.map(({ mtu }) => mtu)).toEqual([1500, 1500, 1500]);
    expect(await node.plugin({ type: "bridge", command: "DEL", config: text, netns: "pod" })).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
  });
});

describeWith(needs, "keys that mean something to JavaScript instead of those that are needed", () => {
  const subject = sharedSubject();

  test("are not there", async () => {
    const stripped = (key: string): Config =>
      JSON.parse(`{"__proto__":${whole}, "cniVersion":"1.1.0", ${key}}`);
    const cases: Case[] = [
      {
        what: "a name",
        call: { config: JSON.stringify(stripped('"type":"bridge"')) },
        refusal: { code: 7, says: ["missing network name"] },
      },
      {
        what: "a configuration of host-local",
        call: {
          type: "host-local",
          config: '{"cniVersion":"1.1.0","name":"net","__proto__":{"ipam":{"ranges":[]}}}',
        },
        refusal: { code: 7, says: ["IPAM config missing 'ipam' key"] },
      },
      {
        what: "ranges",
        call: {
          config: fullNetwork({
            ipam: JSON.parse(
              '{"type":"host-local","__proto__":{"ranges":[[{"subnet":"10.1.0.0/24"}]]}}',
            ) as Config,
          }),
        },
        refusal: { code: 7, says: ["no IP ranges"] },
      },
    ];
    expect(await subject.refusesAll(cases)).toEqual(clean);
  });
});
