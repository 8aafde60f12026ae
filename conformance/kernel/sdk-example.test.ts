/** The SDK's example plugin, from the packed package: started by the runtime as it is, and compiled to one executable. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type FakeNode, type PluginCall, describeWith, nodesPerTest, repository } from "../node/index.ts";
import { AuthorProject } from "../sdk/author-project.ts";
import { allVersions, checkVersions, listVersions, type Config } from "./network.ts";
import { type Refusal, clean, refuse } from "./refusal.ts";

const startNode = nodesPerTest();

/** The guide's commands. */
const byHand =
  /^ {4}echo [^]*?CNI_COMMAND=DEL.*$/m.exec(readFileSync(join(repository, "docs/sdk.md"), "utf8"))?.[0] ??
  "exit 1";

let project: AuthorProject;
beforeAll(async () => {
  project = await AuthorProject.make();
  project.take("sdk/example/journal.ts", "journal.ts");
});
afterAll(() => project[Symbol.dispose]());

const notes = "/var/lib/cni/journal/net";
const addresses = ["10.1.0.4/24", "fd00:1::4/64"];

/** What the plugin before it made, in the words of a version. */
function previous(cniVersion: string): Config {
  const [four = "", six = ""] = addresses;
  if (!listVersions.some((version) => version === cniVersion))
    return { cniVersion, ip4: { ip: four }, ip6: { ip: six }, dns: {} };
  const family = (version: string) => (cniVersion < "1.0.0" ? { version } : {});
  return {
    cniVersion,
    interfaces: [{ name: "eth0", sandbox: "/run/netns/pod" }],
    ips: [
      { ...family("4"), interface: 0, address: four },
      { ...family("6"), interface: 0, address: six },
    ],
    ...(cniVersion < "1.0.0" ? { dns: {} } : {}),
  };
}

function network(more: Config = {}, cniVersion = "1.1.0"): Config {
  return { cniVersion, name: "net", type: "journal", ...more };
}

const chained = (cniVersion = "1.1.0", more: Config = {}) =>
  network({ prevResult: previous(cniVersion), ...more }, cniVersion);

const start = (node: FakeNode, command: string, config: unknown, more: Partial<PluginCall> = {}) =>
  node.plugin({
    type: "journal",
    folder: project.path("bin"),
    netns: "/run/netns/pod",
    command,
    config,
    ...more,
  });

const silent = { exitCode: 0, stdout: "", stderr: "" };

async function fileNames(node: FakeNode, folder = notes): Promise<string[]> {
  const { stdout } = await node.run("ls", ["-A", folder]);
  return stdout.split("\n").filter(Boolean);
}

const forms: [string, () => void | Promise<void>][] = [
  ["compiled", () => project.compile("journal.ts", "journal")],
  ["run from its source", () => project.script("journal.ts", "journal")],
];

describeWith({}, "the example plugin", () => {
  describe.each(forms)("%s", (_form, make) => {
    beforeAll(make);

    const refuses = (node: FakeNode, command: string, config: unknown, refusal: Refusal, more = {}) =>
      refuse(node, { type: "journal", folder: project.path("bin"), command, config, ...more }, refusal);

    test("introduces itself and tells its versions", async () => {
      const node = await startNode();
      expect(await start(node, "VERSION", { cniVersion: "0.4.0" })).toMatchObject({
        exitCode: 0,
        stderr: "",
        json: { cniVersion: "0.4.0", supportedVersions: allVersions },
      });
      const greeting = await node.run(project.path("bin/journal"));
      expect(greeting).toMatchObject({
        stdout: "",
        stderr: expect.stringContaining("CNI journal plugin 1.0.0"),
      });
      expect(greeting.stderr).not.toContain("trestle");
    });

    test.each(allVersions)("comes and goes in %s", async (version) => {
      const node = await startNode();
      const config = chained(version);
      const added = await start(node, "ADD", config);
      expect(added).toMatchObject({ exitCode: 0, stderr: "" });
      expect(added.json).toEqual(previous(version));
      expect(node.read(`${notes}/container:eth0`)).toBe(addresses.map((text) => `${text}\n`).join(""));
      const knowsCheck = checkVersions.some((known) => known === version);
      const tooEarly = { exitCode: 1, json: { cniVersion: version, code: 1 } };
      expect(await start(node, "CHECK", config)).toMatchObject(knowsCheck ? silent : tooEarly);
      expect(await start(node, "DEL", network({}, version), { env: { CNI_NETNS: undefined } })).toMatchObject(
        silent,
      );
      expect(await fileNames(node)).toEqual([]);
      expect(await start(node, "DEL", config)).toMatchObject(silent);
    });

    test("comes and goes by hand, as the guide says", async () => {
      const node = await startNode();
      const ended = await node.run("sh", ["-ec", byHand], { cwd: project.path("bin") });
      expect(JSON.parse(ended.stdout)).toEqual({ cniVersion: "1.1.0", ips: [{ address: "10.20.0.2/24" }] });
      expect(await fileNames(node, "/var/lib/cni/journal/web")).toEqual([]);
    });

    test("DEL leaves the notes of others", async () => {
      const node = await startNode();
      await start(node, "ADD", chained());
      await start(node, "ADD", chained(), { ifname: "eth1" });
      await start(node, "ADD", chained("1.1.0", { name: "other" }));
      await start(node, "DEL", chained());
      expect(await fileNames(node)).toEqual(["container:eth1"]);
      expect(await fileNames(node, "/var/lib/cni/journal/other")).toEqual(["container:eth0"]);
    });

    test("CHECK finds a note that is gone, and one that was changed", async () => {
      const node = await startNode();
      const differs = { code: 107, says: [`${notes}/container:eth0`] };
      expect(await refuses(node, "CHECK", chained(), differs)).toEqual(clean);
      await start(node, "ADD", chained());
      node.write(`${notes}/container:eth0`, "10.1.0.5/24\n");
      expect(await refuses(node, "CHECK", chained(), differs)).toEqual(clean);
      expect(await refuses(node, "CHECK", network(), { code: 7, says: ["prevResult missing"] })).toEqual(
        clean,
      );
    });

    test("GC removes notes of attachments that are not listed, of its network only", async () => {
      const node = await startNode();
      for (const containerId of ["one", "two", "three"]) await start(node, "ADD", chained(), { containerId });
      await start(node, "ADD", chained("1.1.0", { name: "other" }));
      node.write(`${notes}/10.1.0.9`, "somebody else's");
      expect(await start(node, "GC", network())).toMatchObject(silent);
      expect(await fileNames(node)).toHaveLength(4);
      const valid = { "cni.dev/valid-attachments": [{ containerID: "two", ifname: "eth0" }] };
      expect(await start(node, "GC", network(valid))).toMatchObject(silent);
      expect(await fileNames(node)).toEqual(["10.1.0.9", "two:eth0"]);
      expect(await fileNames(node, "/var/lib/cni/journal/other")).toEqual(["container:eth0"]);
      expect(await start(node, "GC", network({ ...valid, name: "never" }))).toMatchObject(silent);
    });

    test("GC carries on past a note that it cannot remove, and says so", async () => {
      const node = await startNode();
      for (const containerId of ["one", "three"]) await start(node, "ADD", chained(), { containerId });
      await node.run("mkdir", ["-p", `${notes}/two:eth0`]);
      const valid = { "cni.dev/valid-attachments": [] };
      const ended = await start(node, "GC", network(valid));
      expect(ended).toMatchObject({ exitCode: 1, json: { msg: expect.stringContaining("two:eth0") } });
      expect(await fileNames(node)).toEqual(["two:eth0"]);
    });

    test("STATUS is 50 where no note can be kept, and changes nothing", async () => {
      const node = await startNode();
      const before = await node.snapshot();
      expect(await start(node, "STATUS", network())).toMatchObject(silent);
      expect(await node.snapshot()).toEqual(before);
      await node.run("sh", ["-ec", "mkdir /var/lib/cni/full; mount -t tmpfs -o ro x /var/lib/cni/full"]);
      const readOnly = network({ dataDir: "/var/lib/cni/full/journal" });
      expect(await refuses(node, "STATUS", readOnly, { code: 50, says: ["cannot keep notes"] })).toEqual(
        clean,
      );
      node.write("/var/lib/cni/file", "");
      const inFile = network({ dataDir: "/var/lib/cni/file" });
      expect(await refuses(node, "STATUS", inFile, { code: 50, says: ["/var/lib/cni/file"] })).toEqual(clean);
    });

    test("an ADD that cannot write leaves no note", async () => {
      const node = await startNode();
      const fill = `mkdir -p ${notes}; mount -t tmpfs -o size=4k x ${notes}; head -c 4096 /dev/zero > ${notes}/filling`;
      await node.run("sh", ["-ec", fill]);
      expect(await refuses(node, "ADD", chained(), { code: 5, says: [/no space|ENOSPC/] })).toEqual(clean);
      expect(await fileNames(node)).toEqual(["filling"]);
      await node.run("rm", [`${notes}/filling`]);
      expect(await start(node, "ADD", chained())).toMatchObject({ exitCode: 0 });
    });

    test.each<[string, string, unknown, Refusal, object?]>([
      ["an ADD that nothing came before", "ADD", network(), { code: 7, says: ["prevResult missing"] }],
      ["what is not a previous result", "ADD", network({ prevResult: 1 }), { code: 6, says: ["prevResult"] }],
      [
        "a key of another type",
        "ADD",
        chained("1.1.0", { dataDir: 1 }),
        { code: 7, says: ['"dataDir" is 1'] },
      ],
      ["an unknown version", "ADD", network({}, "9.9.9"), { code: 1, says: ["9.9.9"] }],
      ["no JSON", "ADD", "{", { code: 6, says: ["network configuration"] }],
      ["a name that is a path", "ADD", network({ name: "../net" }), { code: 7, says: ["../net"] }],
      ["an unknown command", "UPDATE", network(), { code: 4, says: ["UPDATE"] }],
      [
        "missing variables",
        "ADD",
        chained(),
        { code: 4, says: ["CNI_CONTAINERID,CNI_IFNAME"] },
        { env: { CNI_CONTAINERID: undefined, CNI_IFNAME: "" } },
      ],
      [
        "a container id that is a path",
        "DEL",
        network(),
        { code: 4, says: ["../x"] },
        { containerId: "../x" },
      ],
      ["GC before 1.1.0", "GC", network({}, "1.0.0"), { code: 1, says: ["GC"], cniVersion: "1.0.0" }],
    ])("refuses %s", async (_what, command, config, refusal, more = {}) => {
      const node = await startNode();
      expect(await refuses(node, command, config, refusal, more)).toEqual(clean);
    });
  });
});
