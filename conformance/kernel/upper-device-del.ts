/** Tests of DEL and GC of plugins whose interface sits on one of the host's: the same for each kind. */
import { expect, test } from "@jest/globals";
import { type FakeNode, diff, pluginFolder } from "../node/index.ts";
import { leases, link, links } from "../node/state.ts";
import { type Whose, attach, call, detach, expectHealthy, refused, silence } from "./attachment.ts";
import { one } from "./injected-fault.ts";
import type { Config } from "./network.ts";
import { remainsAfterDel } from "./remains.ts";
import { type UpperWorld, nodeWithOne, sandbox } from "./upper-device.ts";

/** What may have happened before a DEL: shell commands, and who asks. */
const gone: [what: string, script: string, whose: Whose][] = [
  ["as it was", "true", one],
  ["without CNI_NETNS", "ip netns del one", { containerId: "one" }],
  ["with the namespace removed", "ip netns del one", one],
  ["with a plain file in its place", "ip netns del one; touch /run/netns/one", one],
  ["with the interface removed from inside", "ip -n one link del eth0", one],
  ["with the master removed", "ip link del uplink0", one],
];

/** To be called inside a test file. */
export function deletesUpper(world: UpperWorld): void {
  const { kind, config } = world;

  test.each(gone)("DEL three times, %s", async (_what, script, whose) => {
    const node = await nodeWithOne(world);
    await attach(node, config(), one);
    await node.run("sh", ["-ec", script]);
    for (let time = 1; time <= 3; time += 1) await detach(node, config(), whose);
    expect(await leases(node)).toEqual([]);
    const { stdout } = await node.run("sh", [
      "-c",
      "nsenter --net=/run/netns/one ip -br link 2> /dev/null; true",
    ]);
    expect(stdout).not.toContain("eth0");
  });

  const unusable: Config[] = [{ master: "nowhere0" }, { master: 5 }, { mtu: "large" }, { mode: "none" }];

  test.each(unusable)("DEL with a configuration that has %j", async (more) => {
    const node = await nodeWithOne(world);
    const before = await node.snapshot();
    await attach(node, config(), one);
    await detach(node, config(more), one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });

  const disguises = [
    ["another alias", "ip -n one link set eth0 alias mine"],
    ["another name", "ip -n one link set eth0 down name other0"],
    ["another name and MAC address", "ip -n one link set eth0 down name other0 address 02:00:00:00:00:99"],
    ["another alias and MAC address", "ip -n one link set eth0 alias '' address 02:00:00:00:00:99"],
  ] as const;

  test.each(disguises)("DEL finds an interface that the container gave %s", async (_what, script) => {
    const node = await nodeWithOne(world);
    await attach(node, config(), one);
    await node.run("sh", ["-ec", script]);
    await detach(node, config(), one);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
    expect(await leases(node)).toEqual([]);
  });

  test("DEL that may not open the namespace keeps the address leased", async () => {
    const node = await nodeWithOne(world);
    await attach(node, config(), one);
    const held = await leases(node);
    const hidden = "/var/lib/node/hidden";
    await node.run("sh", [
      "-ec",
      `mkdir -m 0 ${hidden}; touch ${hidden}/one; mount --bind ${sandbox} ${hidden}/one`,
    ]);
    const caps = "-dac_override,-dac_read_search";
    const command = `setpriv --bounding-set ${caps} --inh-caps ${caps} ${pluginFolder}/${kind}`;
    const ended = await node.run("sh", ["-c", command], {
      input: JSON.stringify(config()),
      env: {
        CNI_COMMAND: "DEL",
        CNI_CONTAINERID: "one",
        CNI_IFNAME: "eth0",
        CNI_NETNS: `${hidden}/one`,
        CNI_PATH: pluginFolder,
      },
      allowFailure: true,
    });
    expect({ ...JSON.parse(ended.stdout || "{}"), exitCode: ended.exitCode }).toMatchObject({
      exitCode: 1,
      code: 106,
      msg: expect.stringContaining(hidden),
    });
    expect(await leases(node)).toEqual(held);
    await detach(node, config(), one);
    expect(await leases(node)).toEqual([]);
  });

  test("DEL leaves what is another's under the same name", async () => {
    const node = await nodeWithOne(world);
    const other = { netns: "one", containerId: "other" };
    const added = await attach(node, config(), other);
    await detach(node, config(), one);
    await expectHealthy(node, config(), added, other);
    await node.addNamespace("two");
    await node.run("ip", ["-n", "two", "link", "add", "eth0", "type", "bridge"]);
    await detach(node, config(), { netns: "two", containerId: "two" });
    expect(await link(node, "two", "eth0")).toMatchObject({ linkinfo: { info_kind: "bridge" } });
  });

  test("DEL takes away what an interrupted ADD left without a name", async () => {
    const node = await nodeWithOne(world);
    await attach(node, config(), one);
    const host = (await temporaryNames(node)).length;
    expect(host).toBe(0);
    await node.run("sh", ["-ec", await interrupted(node)]);
    expect(await temporaryNames(node)).toHaveLength(1);
    expect(await refused(node, "ADD", config(), one)).toMatchObject({ code: 11 });
    expect(await temporaryNames(node)).toHaveLength(1);
    await detach(node, config(), one);
    expect(await temporaryNames(node)).toEqual([]);
    await attach(node, config(), one);
  });

  test("GC gives back the leases of what is not valid, and only those", async () => {
    const node = await nodeWithOne(world);
    await attach(node, config(), one);
    const list = (containerID: string) => ({
      "cni.dev/valid-attachments": [{ containerID, ifname: "eth0" }],
    });
    const nobody = { containerId: "", ifname: "" };
    expect(await call(node, "GC", config(list("one")), nobody)).toMatchObject(silence);
    expect(await leases(node)).toHaveLength(2);
    await node.removeNamespace("one");
    expect(await call(node, "GC", config(list("two")), nobody)).toMatchObject(silence);
    expect(await leases(node)).toEqual([]);
  });

  test("CNI_NETNS that is the host's own is refused", async () => {
    const node = await nodeWithOne(world);
    const own = { netns: "/proc/self/ns/net", containerId: "one", ifname: "uplink0" };
    for (const command of ["ADD", "DEL"])
      expect(await refused(node, command, config(), own)).toMatchObject({ code: 8 });
    expect(await link(node, null, "uplink0")).toMatchObject({ ifname: "uplink0" });
  });
}

async function temporaryNames(node: FakeNode): Promise<string[]> {
  return (await links(node, "one")).map(({ ifname }) => ifname).filter((name) => name.startsWith("temp"));
}

/** Shell commands that leave the interface as an ADD leaves it that is killed before it has named it. */
async function interrupted(node: FakeNode): Promise<string> {
  const text = `${one.containerId} eth0`;
  const { stdout } = await node.run("sh", ["-c", `printf %s "${text}" | sha256sum`]);
  const name = `temp${stdout.slice(0, 11)}`;
  return `ip -n one link set eth0 down; ip -n one link set eth0 alias ''; ip -n one link set eth0 name ${name}`;
}
