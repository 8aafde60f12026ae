import { expect, test } from "@jest/globals";
import { type FakeNode, type PluginReply, describeWith, nodesPerTest, pluginFolder } from "../node/index.ts";
import { attach, detach } from "./attachment.ts";
import { bridgeNetwork, hostLocal, plainBridge } from "./network.ts";
import { remainsAfterFailure } from "./remains.ts";
import { clean, expectToWork, refuse } from "./refusal.ts";
import { leases, links } from "../node/state.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["bridge", "host-local"], commands: ["nft", "strace", "setpriv"] };
const config = bridgeNetwork({ ipMasq: true });

async function nodeWithPod(): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("pod");
  return node;
}

const trace = "/var/lib/node/trace";

/** strace with options, writing where it is no part of a snapshot. */
function traced(...options: string[]): readonly [string, ...string[]] {
  return ["strace", "-f", "-o", trace, ...options];
}

/** How many system calls of these names an undisturbed ADD makes up to and with the first line that matches. */
async function countUntil(name: string, line: RegExp): Promise<number> {
  const node = await nodeWithPod();
  await node.run("strace", ["-f", "-o", trace, "-e", "trace=socket,recvfrom", `${pluginFolder}/bridge`], {
    input: JSON.stringify(config),
    env: {
      CNI_COMMAND: "ADD",
      CNI_CONTAINERID: "container",
      CNI_NETNS: "/run/netns/pod",
      CNI_IFNAME: "eth0",
      CNI_PATH: pluginFolder,
    },
  });
  const lines = node.read(trace).split("\n");
  const end = lines.findIndex((text) => line.test(text));
  expect(end).toBeGreaterThan(0);
  return lines.slice(0, end + 1).filter((text) => text.includes(`${name}(`)).length;
}

const netfilterSocket = /socket\(AF_NETLINK, .*NETLINK_NETFILTER/;

/** What nfnetlink_rcv_batch() answers to the beginning of a batch where nf_tables is missing: EOPNOTSUPP, 95. */
function refusedBatch(bytes: number): string {
  const message = Buffer.alloc(bytes);
  message.writeUInt32LE(bytes, 0);
  message.writeUInt16LE(2, 4); // NLMSG_ERROR
  message.writeUInt16LE(0x100, 6); // NLM_F_CAPPED
  message.writeUInt32LE(1, 8); // number of the first message of the batch
  message.writeInt32LE(-95, 16);
  message.writeUInt32LE(20, 20);
  message.writeUInt16LE(0x10, 24); // NFNL_MSG_BATCH_BEGIN
  message.writeUInt16LE(1, 26);
  message.writeUInt32LE(1, 28);
  return message.toString("hex");
}

describeWith(needs, "a kernel without nf_tables", () => {
  test("no netlink for netfilter at all", async () => {
    const count = await countUntil("socket", netfilterSocket);
    const node = await nodeWithPod();
    const inject = `inject=socket:error=EPROTONOSUPPORT:when=${count}+`;
    expect(
      await refuse(
        node,
        { config, under: traced("-e", "trace=socket", "-e", inject) },
        { code: 105, says: ["nf_tables", "ipMasqBackend", "iptables"] },
        remainsAfterFailure(),
      ),
    ).toEqual(clean);
    expect(node.read(trace)).toContain("INJECTED");
    expect(await leases(node)).toEqual([]);
    await expectToWork(node, config);
  });

  test("the batch is refused", async () => {
    const count = await countUntil("recvfrom", /recvfrom\(.*(NFNL_SUBSYS_NFTABLES|NFT_MSG)/);
    const node = await nodeWithPod();
    const inject = `inject=recvfrom:poke_exit=@arg2=${refusedBatch(44)}:when=${count}`;
    expect(
      await refuse(
        node,
        { config, under: traced("-e", "trace=recvfrom", "-e", inject) },
        { code: 105, says: ["nf_tables", "ipMasqBackend", "iptables"] },
        remainsAfterFailure(),
      ),
    ).toEqual(clean);
    expect(node.read(trace)).toContain("INJECTED");
    await expectToWork(node, config);
  });

  test("DEL does without", async () => {
    const node = await nodeWithPod();
    const plain = bridgeNetwork();
    await attach(node, plain, { netns: "pod" });
    const ended = await node.run(
      "strace",
      [
        "-f",
        "-o",
        trace,
        "-e",
        "trace=socket",
        "-e",
        "inject=socket:error=EPROTONOSUPPORT:when=1",
        `${pluginFolder}/bridge`,
      ],
      {
        input: JSON.stringify(plain),
        env: {
          CNI_COMMAND: "DEL",
          CNI_CONTAINERID: "container",
          CNI_NETNS: "/run/netns/pod",
          CNI_IFNAME: "eth0",
          CNI_PATH: pluginFolder,
        },
        allowFailure: true,
      },
    );
    expect(node.read(trace)).toMatch(/NETLINK_NETFILTER.*INJECTED/);
    expect(ended).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    expect(await leases(node)).toEqual([]);
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
  });
});

const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] as const;
const withoutNetwork = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"] as const;
const withoutSystem = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"] as const;
const folder = "/var/lib/node/bin";

/** The executables where everybody may reach them. */
async function nodeForAll(): Promise<FakeNode> {
  const node = await nodeWithPod();
  await node.run("sh", ["-ec", `mkdir ${folder}; mount --bind ${pluginFolder} ${folder}`]);
  return node;
}

const powerless = [
  ["nobody", nobody],
  ["root without CAP_NET_ADMIN", withoutNetwork],
  ["root without CAP_SYS_ADMIN", withoutSystem],
] as const;

const forbidden = { code: 106, says: [/not permitted|permission denied/, "root", "CAP_NET_ADMIN"] };

describeWith(needs, "no power", () => {
  test.each(powerless)("ADD as %s", async (_who, under) => {
    const node = await nodeForAll();
    expect(await refuse(node, { config, under, folder }, forbidden, remainsAfterFailure())).toEqual(clean);
    expect(await refuse(node, { config: plainBridge(), under, folder }, forbidden)).toEqual(clean);
    await expectToWork(node, config);
  });

  test.each(powerless.slice(0, 2))("DEL as %s keeps everything, the lease included", async (_who, under) => {
    const node = await nodeForAll();
    await attach(node, config, { netns: "pod" });
    expect(await refuse(node, { config, command: "DEL", under, folder }, forbidden)).toEqual(clean);
    expect(await leases(node)).toEqual(["10.1.0.2"]);
    await detach(node, config, { netns: "pod" });
    expect(await leases(node)).toEqual([]);
  });

  test.each(powerless)("CHECK as %s", async (_who, under) => {
    // Nobody comes no further than the lease.
    const refusal =
      under === nobody ? { code: 5, says: ["permission denied", "must run as root"] } : forbidden;
    const node = await nodeForAll();
    const added: PluginReply = await attach(node, config, { netns: "pod" });
    expect(
      await refuse(
        node,
        { config: { ...config, prevResult: added }, command: "CHECK", under, folder },
        refusal,
      ),
    ).toEqual(clean);
    await detach(node, config, { netns: "pod" });
  });

  test("host-local as nobody", async () => {
    const node = await nodeForAll();
    const call = {
      config: { ...config, ipam: hostLocal("10.1.0.0/24") },
      type: "host-local",
      under: nobody,
      folder,
    };
    expect(
      await refuse(node, call, {
        code: 5,
        says: ["/var/lib/cni/networks", "permission denied", "must run as root"],
      }),
    ).toEqual(clean);
    await attach(node, { ...call.config, type: "host-local" }, { netns: "pod" });
    expect(
      await refuse(
        node,
        { ...call, command: "DEL" },
        { code: 5, says: ["/var/lib/cni/networks", "permission denied", "must run as root"] },
      ),
    ).toEqual(clean);
  });
});
