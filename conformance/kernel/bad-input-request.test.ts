import { expect, test } from "@jest/globals";
import {
  type FakeNode,
  type PluginCall,
  describeWith,
  diff,
  nodesPerTest,
  pluginFolder,
} from "../node/index.ts";
import { attach, detach } from "./attachment.ts";
import { type Config, allVersions, bridgeNetwork, fullNetwork, hostLocal } from "./network.ts";
import { clean, type BadCall, type Case, type Refusal, sharedSubject } from "./refusal.ts";
import { leases } from "../node/state.ts";

const needs = { plugins: ["bridge", "host-local", "loopback"], commands: ["nft"] };
const config = fullNetwork();

/** Name, what is wrong with the call, code, what must be said. */
type Row = [what: string, call: Partial<BadCall>, code: number, says: Refusal["says"]];

const versions: Row[] = [
  ["9.9.9", { config: { ...config, cniVersion: "9.9.9" } }, 1, ["9.9.9", "0.1.0", ...allVersions]],
  ["1.0", { config: { ...config, cniVersion: "1.0" } }, 1, ['"1.0"', ...allVersions]],
  ["v1.0.0", { config: { ...config, cniVersion: "v1.0.0" } }, 1, ["v1.0.0", ...allVersions]],
  ["a number", { config: { ...config, cniVersion: 1 } }, 6, ["cniVersion", "1 is not a string"]],
  ["a list", { config: { ...config, cniVersion: ["1.1.0"] } }, 6, ["cniVersion", '["1.1.0"]']],
];

const names: Row[] = [
  ["no name", { config: { ...config, name: undefined } }, 7, ["missing network name", '"name"']],
  ["an empty name", { config: { ...config, name: "" } }, 7, ["missing network name", '"name"']],
  ["a number for a name", { config: { ...config, name: 5 } }, 7, ['"name"', "5"]],
  ["a list for a name", { config: { ...config, name: ["net"] } }, 7, ['"name"', '["net"]']],
  ...["../net", "a/b", ".", "..", "-net", "a b", "net\u0000", "net\n", "\u001B[31mnet", "nét", " net"].map(
    (name): Row => [
      `the name ${JSON.stringify(name)}`,
      { config: { ...config, name } },
      7,
      ["network name", name, "must start with a letter or digit"],
    ],
  ),
];

const identifiers = ["../pod", "a/b", "-a", ".a", "a b", "a\nb", "\u001B[31m", "á", "a;b", "a:b"];
const interfaces = [
  "a/b",
  "..",
  ".",
  "eth 0",
  "eth0:1",
  "eth%d",
  "sixteen-letters-",
  "eth\t0",
  "eth\n",
  "é".repeat(8),
];

const variables: Row[] = [
  ["an unknown command", { command: "REMOVE" }, 4, ["CNI_COMMAND", "REMOVE", "ADD, CHECK, DEL"]],
  ["a command in lower case", { command: "add" }, 4, ["CNI_COMMAND", "add"]],
  ["a command with a space", { command: "ADD " }, 4, ["CNI_COMMAND", "ADD "]],
  ["no container id", { env: { CNI_CONTAINERID: undefined } }, 4, ["[CNI_CONTAINERID] missing"]],
  ["an empty container id", { containerId: "" }, 4, ["[CNI_CONTAINERID] missing"]],
  ["no interface name", { env: { CNI_IFNAME: undefined } }, 4, ["[CNI_IFNAME] missing"]],
  ["no namespace", { env: { CNI_NETNS: undefined } }, 4, ["[CNI_NETNS] missing"]],
  ["an empty namespace", { env: { CNI_NETNS: "" } }, 4, ["[CNI_NETNS] missing"]],
  [
    "no variable but the command",
    { env: { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined, CNI_PATH: undefined } },
    4,
    ["CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME"],
  ],
  ["no CNI_PATH", { env: { CNI_PATH: undefined } }, 4, ["CNI_PATH", "host-local"]],
  ["an empty CNI_PATH", { path: "" }, 4, ["CNI_PATH", "host-local"]],
  ["only colons in CNI_PATH", { path: "::" }, 4, ["CNI_PATH", "host-local"]],
  ...identifiers.map((containerId): Row => [
    `the container id ${JSON.stringify(containerId)}`,
    { containerId },
    4,
    ["CNI_CONTAINERID", containerId, "must start with a letter or digit"],
  ]),
  ...interfaces.map((ifname): Row => [
    `the interface name ${JSON.stringify(ifname)}`,
    { ifname },
    4,
    ["CNI_IFNAME", ifname],
  ]),
];

const otherArguments: Row[] = [
  ["an unknown key", { args: "COLOUR=blue" }, 4, ["CNI_ARGS", "COLOUR=blue", "IgnoreUnknown=1"]],
  ["unknown keys", { args: "A=1;IP=10.1.0.9;B=2" }, 4, ["CNI_ARGS", "A=1", "B=2"]],
  ["IgnoreUnknown=0", { args: "A=1;IgnoreUnknown=0" }, 4, ["CNI_ARGS", "A=1"]],
  ["an IgnoreUnknown of no sense", { args: "A=1;IgnoreUnknown=perhaps" }, 4, ["IgnoreUnknown", "perhaps"]],
  ["a pair without =", { args: "IP" }, 4, ["CNI_ARGS", '"IP"', "KEY=VALUE"]],
  ["a pair with two =", { args: "IP=10.1.0.9=8" }, 4, ["CNI_ARGS", "IP=10.1.0.9=8"]],
  ["a pair without a key", { args: "=1" }, 4, ["CNI_ARGS", '"=1"']],
  ["an empty pair", { args: "IP=10.1.0.9;" }, 4, ["CNI_ARGS"]],
  ["commas", { args: "IgnoreUnknown=1,IP=10.1.0.9" }, 4, ["CNI_ARGS"]],
  ["__proto__", { args: "__proto__=1" }, 4, ["CNI_ARGS", "__proto__"]],
  ["what is not an IP", { args: "IP=10.1.0.300" }, 4, ["CNI_ARGS", "10.1.0.300"]],
  ["what is not a MAC", { args: "MAC=02:00" }, 4, ["CNI_ARGS", "02:00"]],
  ["a multicast MAC", { args: "MAC=01:00:5e:00:00:01" }, 4, ["CNI_ARGS", "01:00:5e:00:00:01"]],
];

function ipam(more: object) {
  return { config: { ...config, ipam: { ...(config["ipam"] as object), ...more } } };
}

const delegates: Row[] = [
  ["a type that is nowhere", ipam({ type: "nobody" }), 5, ['"nobody"', pluginFolder, "install"]],
  ["a folder that is nowhere", { path: "/nowhere" }, 5, ['"host-local"', "/nowhere"]],
  ["a path for a type", ipam({ type: `${pluginFolder}/host-local` }), 7, ["ipam.type", pluginFolder]],
  [
    "a type that leaves the folder",
    ipam({ type: "../bin/host-local" }),
    7,
    ["ipam.type", "../bin/host-local"],
  ],
  ["the folder itself", ipam({ type: "." }), 5, ['"."']],
  ["the folder above", ipam({ type: ".." }), 5, ['".."']],
  ["a type with a NUL", ipam({ type: "host-local\u0000x" }), 5, ["host-local\u0000x"]],
  ["__proto__", ipam({ type: "__proto__" }), 5, ['"__proto__"']],
  ["constructor", ipam({ type: "constructor" }), 5, ['"constructor"']],
];

/** Items of a trunk, and what the reference plugin says of them. */
const trunks: [item: unknown, says: string][] = [
  [{ minID: 100 }, "minID and maxID should be configured simultaneously, maxID is missing"],
  [{ maxID: 100 }, "minID and maxID should be configured simultaneously, minID is missing"],
  [{ minID: -1, maxID: 100 }, "incorrect trunk minID parameter"],
  [{ minID: 5000, maxID: 5001 }, "incorrect trunk minID parameter"],
  [{ minID: 100, maxID: 5000 }, "incorrect trunk maxID parameter"],
  [{ minID: 100, maxID: -1 }, "incorrect trunk maxID parameter"],
  [{ id: 0 }, "incorrect trunk id parameter"],
  [{ id: 4095 }, "incorrect trunk id parameter"],
  [{ id: "7" }, "incorrect trunk id parameter"],
  [{ minID: 200, maxID: 100 }, "minID is greater than maxID in trunk parameter"],
  [{}, 'must have "id", or "minID" and "maxID"'],
  [7, "must be an object"],
];

const places: Row[] = [
  ["a bridge with a NUL", { config: fullNetwork({ bridge: "br0\u0000" }) }, 7, ['"bridge"', "br0"]],
  [
    "a data folder with a NUL",
    ipam({ dataDir: "/var/lib/cni/networks\u0000/x" }),
    5,
    ["/var/lib/cni/networks", "EINVAL"],
  ],
  [
    "a resolv.conf with a NUL",
    ipam({ resolvConf: "/etc/resolv.conf\u0000" }),
    5,
    ["resolvConf", "/etc/resolv.conf", "EINVAL"],
  ],
  [
    "a resolv.conf that is nowhere",
    ipam({ resolvConf: "/nowhere/resolv.conf" }),
    5,
    ["/nowhere/resolv.conf"],
  ],
  ["a resolv.conf that is a folder", ipam({ resolvConf: "/etc" }), 5, ["/etc"]],
  ...[-100, -1, 4095, 5000, 1e300, 7.5].map((vlan): Row => {
    const says = ['"vlan"', `invalid VLAN ID ${vlan} (must be between 0 and 4094)`];
    return [`a vlan of ${vlan}`, { config: { ...config, vlan } }, 7, says];
  }),
  ["a vlan as text", { config: { ...config, vlan: "100" } }, 7, ['"vlan"', '"100"', "between 0 and 4094"]],
  ["a vlan as a list", { config: { ...config, vlan: [100] } }, 7, ['"vlan"', "[100]"]],
  ["VLAN in capitals", { config: { ...config, VLAN: 5000 } }, 7, ['"vlan"', "5000"]],
  ...trunks.map(([item, says]): Row => {
    const what = `a trunk with ${JSON.stringify(item)}`;
    return [what, { config: { ...config, vlanTrunk: [{ id: 5 }, item] } }, 7, ['"vlanTrunk[1]', says]];
  }),
  ["a trunk that is no list", { config: { ...config, vlanTrunk: { id: 5 } } }, 7, ['"vlanTrunk"', "array"]],
  [
    "a gateway whose name is too long",
    { config: { ...config, bridge: "eleven-long", vlan: 4094 } },
    7,
    ['"eleven-long.4094"', "15 bytes", '"bridge" may have 10 bytes'],
  ],
  [
    "the same for a masquerade",
    { config: { ...config, isGateway: false, ipMasq: true, bridge: "twelve-long.", vlan: 100 } },
    7,
    ['"twelve-long..100"', "15 bytes", "11 bytes"],
  ],
  [
    "preserveDefaultVlan as text",
    { config: { ...config, preserveDefaultVlan: "yes" } },
    7,
    ["preserveDefault"],
  ],
  [
    "hairpinMode with promiscMode",
    { config: { ...config, hairpinMode: true, promiscMode: true } },
    7,
    ["hairpin", "promisc", "only one of"],
  ],
  [
    "ipam with disableContainerInterface",
    { config: { ...config, disableContainerInterface: true } },
    7,
    ["IPAM", "disableContainerInterface", "remove"],
  ],
  [
    "a bridge name of 16 bytes",
    { config: fullNetwork({ bridge: "b".repeat(16) }) },
    7,
    ['"bridge"', "15 bytes"],
  ],
  [
    "a bridge name with a slash",
    { config: fullNetwork({ bridge: "br/0" }) },
    7,
    ['"bridge"', "br/0", "slash"],
  ],
  ["a bridge name with a space", { config: fullNetwork({ bridge: "br 0" }) }, 7, ['"bridge"', "br 0"]],
  ["a bridge named ..", { config: fullNetwork({ bridge: ".." }) }, 7, ['"bridge"', ".."]],
  ["a bridge named br%d", { config: fullNetwork({ bridge: "br%d" }) }, 7, ['"bridge"', "br%d"]],
];

function toCase([what, badCall, code, says]: Row): Case {
  return { what, call: { config, ...badCall }, refusal: { code, says } };
}

describeWith(needs, "requests that are refused before anything is done", () => {
  const subject = sharedSubject();

  test.each([
    ["versions", versions],
    ["network names", names],
    ["variables", variables],
    ["CNI_ARGS", otherArguments],
    ["IPAM plugins", delegates],
    ["keys of the configuration", places],
  ])("%s", async (_what, rows) => {
    expect(await subject.refusesAll(rows.map(toCase))).toEqual(clean);
  });

  test.each(allVersions)("an error of version %s says so", async (cniVersion) => {
    const call = { config: { ...bridgeNetwork(), cniVersion, vlan: 4095 } };
    expect(await subject.refuses(call, { code: 7, says: ['"vlan"', "4095"], cniVersion })).toEqual(clean);
  });

  test.each(["CHECK", "DEL"])("%s with bad variables", async (command) => {
    const rows = variables.filter(([, { command: other, env, containerId, ifname }]) => {
      const isForAll = containerId !== undefined || ifname !== undefined || (env && "CNI_IFNAME" in env);
      return other === undefined && isForAll && !("CNI_NETNS" in (env ?? {}));
    });
    expect(
      await subject.refusesAll(rows.map((row) => toCase([row[0], { ...row[1], command }, row[2], row[3]]))),
    ).toEqual(clean);
  });
});

/** Makes something at a path that is no network namespace. */
const impostors: [what: string, command: string, path: string, says: (string | RegExp)[]][] = [
  ["nothing", "true", "/run/odd/nobody", ["/run/odd/nobody", "no such file"]],
  ["a plain file", "touch /run/odd/file", "/run/odd/file", ["/run/odd/file", "not a network namespace"]],
  ["a folder", "mkdir /run/odd/folder", "/run/odd/folder", ["/run/odd/folder", "not a network namespace"]],
  ["a fifo", "mkfifo /run/odd/fifo", "/run/odd/fifo", ["/run/odd/fifo", "not a network namespace"]],
  ["a device", "true", "/dev/null", ["/dev/null", "not a network namespace"]],
  ["a link in a circle", "ln -s loop /run/odd/loop", "/run/odd/loop", ["/run/odd/loop"]],
  ["a mount namespace", "true", "/proc/self/ns/mnt", ["/proc/self/ns/mnt", "not a network namespace"]],
  ["a user namespace", "true", "/proc/1/ns/user", ["/proc/1/ns/user", "not a network namespace"]],
  ["another file of /proc", "true", "/proc/self/status", ["/proc/self/status", "not a network namespace"]],
  ["a file below a file", "true", "/etc/passwd/net", ["/etc/passwd/net"]],
];

const startNode = nodesPerTest();

async function nodeWithPod(): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("pod");
  return node;
}

describeWith(needs, "CNI_NETNS", () => {
  const subject = sharedSubject();

  test.each(impostors)("%s is refused", async (_what, command, netns, says) => {
    await subject.node().run("sh", ["-ec", `mkdir -p /run/odd; ${command}`]);
    const call = { config, netns };
    const refusal = { code: 4, says: ["CNI_NETNS", "must be the path", ...says] };
    await withoutChange(subject.node(), async () => {
      for (const type of ["bridge", "loopback"]) {
        const ended = await subject.node().plugin({ command: "ADD", ...call, type });
        expect(ended).toMatchObject({ exitCode: 1, json: { code: refusal.code } });
        for (const part of refusal.says) expect(`${ended.json?.msg}\n${ended.json?.details}`).toContain(part);
      }
    });
  });

  test.each(["/proc/self/ns/net", "/proc/1/ns/net", "/run/netns/host"])(
    "the host's own, %s",
    async (netns) => {
      const node = subject.node();
      await node.run("sh", ["-ec", "touch /run/netns/host && mount --bind /proc/1/ns/net /run/netns/host"]);
      await withoutChange(node, async () => {
        for (const type of ["bridge", "loopback"]) {
          for (const command of ["ADD", "DEL"]) {
            const ended = await node.plugin({ type, command, config, netns });
            expect({ command, ...ended }).toMatchObject({ exitCode: 1, json: { code: 8 } });
            expect(ended.json?.msg).toContain(netns);
          }
        }
      });
      await node.run("umount", ["/run/netns/host"]);
    },
  );
});

async function withoutChange(node: FakeNode, action: () => Promise<void>): Promise<void> {
  const before = await node.snapshot();
  await action();
  expect(diff(before, await node.snapshot())).toEqual([]);
}

describeWith(needs, "names that differ only by case", () => {
  test.each([
    [
      "network names",
      {
        config: fullNetwork({ name: "NET", bridge: "br1", ipam: hostLocal("10.2.0.0/24") }),
        containerId: "other",
      },
    ],
    ["container ids", { containerId: "CONTAINER" }],
    ["interface names", { ifname: "ETH0", netns: "pod" }],
    [
      "bridges",
      { config: { ...config, bridge: "BR0", name: "other", ipam: { type: "" } }, containerId: "other" },
    ],
  ])("%s are two", async (_what, changed: Partial<PluginCall>) => {
    const { config: given = config, ...more } = changed;
    const other = given as Config;
    const node = await nodeWithPod();
    await node.addNamespace("pod2");
    const second = { netns: "pod2", ...more };
    const before = await node.snapshot();
    await attach(node, config, { netns: "pod" });
    const between = await node.snapshot();
    await attach(node, other, second);
    await detach(node, other, second);
    const kept = (line: string) =>
      !/last_reserved_ip|networks\/NET|[ /](BR0|br1|other)|networks: /.test(line);
    expect(diff(between, await node.snapshot()).filter(kept)).toEqual([]);
    await detach(node, config, { netns: "pod" });
    expect(await leases(node)).toEqual([]);
    expect(Object.keys((await node.snapshot()).network.links)).toEqual(
      expect.arrayContaining(Object.keys(before.network.links)),
    );
  });
});
