import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest } from "../node/index.ts";
import { attach, detach } from "./attachment.ts";
import { type Config, fullNetwork } from "./network.ts";
import { clean, type Refusal, expectToWork, refuse } from "./refusal.ts";
import { leases } from "../node/state.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["bridge", "host-local"], commands: ["nft"] };
const config = fullNetwork();
const networks = "/var/lib/cni/networks";
const net = `${networks}/net`;

async function nodeAfter(script: string): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("pod");
  await node.run("sh", ["-ec", script]);
  return node;
}

/** Folders and lock of host-local may stay. */
const emptyStore = [
  /^[+~] files \/ \/var\/lib\/cni\/networks(\/net)?: \{"kind":"folder"/,
  /^\+ files \/ \/var\/lib\/cni\/networks\/net\/lock: /,
];

/** How the data folder is spoilt, how that is mended, code, what must be said. */
const spoilt: [what: string, script: string, mend: string, says: Refusal["says"]][] = [
  [
    "read-only",
    "mount --bind /var/lib/cni /var/lib/cni; mount -o remount,ro,bind /var/lib/cni",
    "umount /var/lib/cni",
    [networks, "read-only file system", "dataDir"],
  ],
  [
    "read-only, with the network's folder there",
    `mkdir -p ${net}; mount --bind /var/lib/cni /var/lib/cni; mount -o remount,ro,bind /var/lib/cni`,
    "umount /var/lib/cni",
    [net, "read-only file system", "dataDir"],
  ],
  [
    "full",
    `mkdir ${networks}; mount -t tmpfs -o size=4k full ${networks}; head -c 4096 /dev/zero > ${networks}/filled`,
    `umount ${networks}`,
    [net, "no space left", "free some space"],
  ],
  [
    "full but for one page, so that the lease fits and the note on the last one does not",
    `mkdir ${networks}; mount -t tmpfs -o size=8k full ${networks}; head -c 4096 /dev/zero > ${networks}/filled`,
    `umount ${networks}`,
    [net, "no space left", "free some space"],
  ],
  [
    "out of inodes",
    `mkdir ${networks}; mount -t tmpfs -o nr_inodes=3 full ${networks}; mkdir ${net}; touch ${net}/lock`,
    `umount ${networks}`,
    [net, "no space left", "free some space"],
  ],
  [
    "a file",
    `touch ${networks}`,
    `rm ${networks}`,
    [networks, "not a directory", /remove what is there|replace it/],
  ],
  [
    "below a file",
    `rmdir /var/lib/cni 2>/dev/null || true; touch ${networks}`,
    `rm ${networks}`,
    [networks, "not a directory"],
  ],
  [
    "a file where the network's folder belongs",
    `mkdir ${networks}; touch ${net}`,
    `rm ${net}`,
    [net, "not a directory", /remove what is there|replace it/],
  ],
  [
    "a link where the network's folder belongs",
    `mkdir -p ${networks} /run/elsewhere; ln -s /run/elsewhere ${net}`,
    `rm ${net}`,
    [net, /symbolic link|not a directory/, /remove what is there|replace it/],
  ],
  [
    "a dangling link where the network's folder belongs",
    `mkdir ${networks}; ln -s /run/nowhere ${net}`,
    `rm ${net}`,
    [net, /symbolic link|not a directory/, /remove what is there|replace it/],
  ],
  [
    "a link for a lock",
    `mkdir -p ${net}; ln -s /run/victim ${net}/lock`,
    `rm ${net}/lock`,
    [net, "lock", "symbolic links inside the data folder are not followed"],
  ],
  [
    "a folder for a lock",
    `mkdir -p ${net}/lock`,
    `rmdir ${net}/lock`,
    [net, "lock", "is a directory", "remove it"],
  ],
  ["a fifo for a lock", `mkdir -p ${net}; mkfifo ${net}/lock`, `rm ${net}/lock`, [net, "lock"]],
  [
    "a dangling link for the data folder",
    `ln -s /run/nowhere ${networks}`,
    `rm ${networks}`,
    [networks, /no such file|may not be a symbolic link/],
  ],
];

/** STATUS reserves nothing: that one more lease fits is all it can tell. */
const beyondStatus = /full but for one page/;

describeWith(needs, "a data folder that cannot be used", () => {
  test.each(spoilt)("%s", async (what, script, mend, says) => {
    const node = await nodeAfter(script);
    for (const type of ["bridge", "host-local"]) {
      if (beyondStatus.test(what)) continue;
      const status = { config, type, command: "STATUS" };
      expect(await refuse(node, status, { code: 50, says })).toEqual(clean);
    }
    for (const type of ["bridge", "host-local"]) {
      expect(await refuse(node, { config, type }, { code: 5, says }, emptyStore)).toEqual(clean);
    }
    await node.run("sh", ["-ec", mend]);
    expect(await leases(node)).toEqual([]);
    await expectToWork(node, config);
  });

  test("a fifo for a resolv.conf is not waited for", async () => {
    const node = await nodeAfter("mkfifo /run/resolv.conf");
    const ipam = { ...(config["ipam"] as Config), resolvConf: "/run/resolv.conf" };
    const ended = await node.plugin({
      type: "bridge",
      command: "ADD",
      netns: "pod",
      config: { ...config, ipam },
    });
    expect(ended.exitCode).toBeLessThan(2);
  });

  test("DEL with a read-only data folder says so, and the next one finds the lease", async () => {
    const node = await nodeAfter("true");
    await attach(node, config, { netns: "pod" });
    await node.run("sh", [
      "-ec",
      "mount --bind /var/lib/cni /var/lib/cni; mount -o remount,ro,bind /var/lib/cni",
    ]);
    const ended = await node.plugin({ type: "bridge", command: "DEL", config, netns: "pod" });
    expect(ended).toMatchObject({
      exitCode: 1,
      stderr: "",
      json: {
        code: 5,
        msg: expect.stringContaining("read-only file system"),
        details: expect.stringContaining("dataDir"),
      },
    });
    await node.run("umount", ["/var/lib/cni"]);
    expect(await leases(node)).toEqual(["10.1.0.2", "fd00:1::2"]);
    await detach(node, config, { netns: "pod" });
    expect(await leases(node)).toEqual([]);
    await expectToWork(node, config);
  });
});

/** Names in the network's folder that somebody made links to a file of his own. */
const traps = ["10.1.0.2", "fd00:1::2", "last_reserved_ip.0", ".10.1.0.2.tmp", ".last_reserved_ip.0.tmp"];

describeWith(needs, "links in the network's folder", () => {
  test.each(traps)("%s is not followed", async (name) => {
    const node = await nodeAfter(
      `mkdir -p ${net}; printf 'container\\r\\neth0' > /run/victim; ln -s /run/victim ${net}/${name}`,
    );
    for (const command of ["ADD", "DEL"]) {
      const ended = await node.plugin({ type: "bridge", command, config, netns: "pod" });
      expect(ended.exitCode === 0 || ended.json?.code === 5).toBe(true);
      expect(node.read("/run/victim")).toBe("container\r\neth0");
    }
    expect((await node.run("stat", ["-c", "%a", "/run/victim"])).stdout).toBe("644");
  });

  test("a network name cannot leave the data folder", async () => {
    const node = await nodeAfter(`mkdir -p ${networks}`);
    for (const name of ["..", ".", "../elsewhere", "a/../../b"]) {
      expect(
        await refuse(node, { config: { ...config, name } }, { code: 7, says: ["network name", name] }),
      ).toEqual(clean);
    }
    expect(readdirSync(node.outside("/var/lib/cni"))).toEqual(["networks"]);
  });

  test("leases of nonsense names and contents are left alone", async () => {
    const node = await nodeAfter(
      `mkdir -p ${net}; cd ${net}; printf 'container\\r\\neth0' > notes; printf '\\377\\000' > 10.1.0.9; touch lock; head -c 100000 /dev/zero > 10.1.0.10`,
    );
    await expectToWork(node, config);
    expect((await leases(node)).toSorted()).toEqual(["10.1.0.10", "10.1.0.9", "notes"]);
    expect(readFileSync(node.outside(`${net}/10.1.0.9`))).toEqual(Buffer.from([0xff, 0]));
  });
});
