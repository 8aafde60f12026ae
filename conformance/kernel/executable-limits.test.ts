/** The executable where little is allowed: memory, descriptors, address space, no just-in-time compiler, no folder. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest, pluginFolder } from "../node/index.ts";
import { addVariables, document, executable, foldersPerTest, network, start } from "./executable.ts";

const startNode = nodesPerTest();
const newFolder = foldersPerTest();
jest.setTimeout(120_000);

const input = JSON.stringify(network);
const version = { CNI_COMMAND: "VERSION" };

/** prctl(2) by number, because perl has no word for it: PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, linux/prctl.h. */
const prctl = process.arch === "arm64" ? 167 : 157;
const denyWriteExecute = `perl -e 'syscall(${prctl},65,1,0,0,0)==0 or exit 99; exec @ARGV or die' `;
const canDeny = spawnSync("/bin/sh", ["-c", `${denyWriteExecute} true`]).status === 0;

/** Where a group of processes gets a memory limit: the controller's own hierarchy, or the one for all (Linux 4.5). */
interface MemoryController {
  readonly folder: string;
  readonly limit: string;
}

function memoryController(): MemoryController | undefined {
  const separate = "/sys/fs/cgroup/memory";
  if (existsSync(join(separate, "memory.limit_in_bytes")))
    return { folder: separate, limit: "memory.limit_in_bytes" };
  const enabled = "/sys/fs/cgroup/cgroup.subtree_control";
  if (existsSync(enabled) && readFileSync(enabled, "utf8").split(/\s/).includes("memory")) {
    return { folder: "/sys/fs/cgroup", limit: "memory.max" };
  }
  return undefined;
}

const controller = memoryController();

/** Runs an ADD, CHECK and DEL of bridge with host-local and masquerade; each must succeed and DEL must leave nothing. */
async function attachAndDetach(node: FakeNode, folder: string, within: string): Promise<void> {
  await node.addNamespace("one");
  const config = { ...network, isGateway: true, ipMasq: true };
  const call = async (command: string, more: object) =>
    node.run("sh", ["-c", within, "sh", join(folder, "bridge")], {
      env: { ...addVariables, CNI_COMMAND: command, CNI_NETNS: "/run/netns/one", CNI_PATH: folder },
      input: JSON.stringify({ ...config, ...more }),
    });
  const prevResult: unknown = JSON.parse((await call("ADD", {})).stdout);
  const before = await node.snapshot();
  await call("CHECK", { prevResult });
  expect(diff(before, await node.snapshot())).toEqual([]);
  await call("DEL", { prevResult });
  expect((await node.run("ip", ["-n", "one", "-br", "link"])).stdout).not.toContain("eth0");
}

describeWith({ plugins: ["bridge", "host-local"], commands: ["perl"] }, "limits of the executable", () => {
  test("16 descriptors are enough", async () => {
    await expect(
      attachAndDetach(await startNode(), pluginFolder, 'ulimit -n 16; "$@"'),
    ).resolves.toBeUndefined();
  });

  test.each([500_000, 1_000_000, 2_000_000])(
    "%d kB of address space: VERSION answers, everything else is refused by name",
    async (kilobytes) => {
      const within = `ulimit -c 0; ulimit -v ${kilobytes}; "$@"`;
      expect(await start({ file: "bridge", env: version, input, within })).toMatchObject({
        exitCode: 0,
        stderr: "",
      });
      for (const command of ["ADD", "CHECK", "DEL"]) {
        const env = { ...addVariables, CNI_COMMAND: command };
        const ended = await start({ file: "bridge", env, input, within });
        expect(ended).toMatchObject({ exitCode: 1, stderr: "" });
        expect(document(ended)).toMatchObject({
          code: 105,
          msg: expect.stringContaining("address-space limit"),
        });
      }
      expect(await start({ args: ["--version"], within })).toMatchObject({ exitCode: 1, stdout: "" });
    },
  );

  // Known limit: below about 300 MB the runtime ends itself before the program starts, which no program can answer.
  test("100 MB of address space: it dies without a word on standard output", async () => {
    const within = 'ulimit -c 0; ulimit -v 100000; "$@"';
    const ended = await start({ file: "bridge", env: addVariables, input, within });
    expect(ended.exitCode).toBeGreaterThan(0);
    expect(ended.stdout).toBe("");
  });

  test("a current folder that was deleted does not matter", async () => {
    const folder = newFolder();
    const gone = `mkdir -p ${folder} && cd ${folder} && rmdir "$PWD" && "$@"`;
    const plain = await start({ file: "bridge", env: addVariables, input });
    expect(await start({ file: "bridge", env: addVariables, input, within: gone })).toEqual(plain);
    expect(await start({ file: "bridge", env: version, input, within: gone })).toMatchObject({ exitCode: 0 });
  });

  // Known limit: the runtime reads /proc/self/maps before the program starts, and ends itself without it.
  test("without /proc it dies without a word on standard output", async () => {
    const within = `ulimit -c 0; unshare -m sh -c 'umount -l /proc && "$@"' sh "$@"`;
    const ended = await start({ file: "bridge", env: addVariables, input, within });
    expect(ended.exitCode).toBeGreaterThan(0);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).not.toBe("");
  });

  test("environment, folder and name may be as long as the system allows", async () => {
    const env = { ...addVariables, CNI_ARGS: `IgnoreUnknown=1;A=${"x".repeat(120_000)}` };
    const ended = await start({ file: "bridge", env, input });
    expect(document(ended)).toMatchObject({ code: 4, msg: expect.stringContaining("/nowhere/net") });
  });
});

describeWith(
  {
    plugins: ["bridge"],
    commands: ["perl"],
    lacking: canDeny ? [] : ["PR_SET_MDWE in the kernel (Linux 6.3)"],
  },
  "executable without a just-in-time compiler",
  () => {
    test("VERSION answers, everything else is refused by name", async () => {
      const within = `${denyWriteExecute} "$@"`;
      expect(await start({ file: "bridge", env: version, input, within })).toMatchObject({
        exitCode: 0,
        stderr: "",
      });
      for (const command of ["ADD", "CHECK", "DEL"]) {
        const env = { ...addVariables, CNI_COMMAND: command };
        const ended = await start({ file: "bridge", env, input, within });
        expect(ended).toMatchObject({ exitCode: 1, stderr: "" });
        expect(document(ended)).toMatchObject({
          code: 105,
          msg: expect.stringMatching(/just-in-time compiler is forbidden .*MemoryDenyWriteExecute/),
        });
      }
      const typed = await start({ args: ["--version"], within });
      expect(typed).toMatchObject({ exitCode: 1, stdout: "" });
      expect(typed.stderr).toMatch(/^trestle: .*just-in-time/);
    });
  },
);

describeWith(
  {
    plugins: ["bridge", "host-local"],
    lacking: controller === undefined ? ["a memory controller in /sys/fs/cgroup"] : [],
  },
  "executable in 40 MB of memory",
  () => {
    // With its file in the page cache of others, as after an installation. Where the group has to hold the file too, each
    // start reads it again and again and takes seconds; from about 100 MB that is over.
    test("attaches, checks and detaches", async () => {
      if (controller === undefined) throw new Error("no memory controller");
      const node = await startNode();
      await node.run("sh", ["-c", 'cat "$0" > /dev/null', executable("bridge")]);
      // Named like the node, whose end removes it.
      const group = join(controller.folder, node.id);
      mkdirSync(group);
      const limit = String(40 * 1024 * 1024);
      writeFileSync(join(group, controller.limit), limit);
      await attachAndDetach(node, pluginFolder, `echo $$ > ${join(group, "cgroup.procs")} && exec "$@"`);
      expect(readFileSync(join(group, controller.limit), "utf8").trim()).toBe(limit);
    });
  },
);
