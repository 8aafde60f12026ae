/** What it is started as: under plugin names, by hand, through links, and as a copy with a name of its own. */
import { copyFileSync, linkSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { describeWith } from "../node/index.ts";
import { addVariables, document, executable, foldersPerTest, network, start } from "./executable.ts";

const newFolder = foldersPerTest();
const plugins = ["bridge", "host-local", "loopback", "macvlan", "ptp", "tap", "vlan"];
const spoken = "CNI protocol versions supported: 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0";
const input = JSON.stringify(network);

/** A configuration that only the bridge plugin reads: it names what is wrong in its own words. */
const bridgeOnly = JSON.stringify({ ...network, hairpinMode: true, promiscMode: true });

describeWith({ plugins: [...plugins, "trestle"] }, "names of the executable", () => {
  test("all of them are one file", () => {
    const identities = [...plugins, "trestle"].map((name) => statSync(executable(name)).ino);
    expect(new Set(identities).size).toBe(1);
  });

  test.each(plugins)("%s without CNI_COMMAND introduces itself as the reference does", async (name) => {
    for (const env of [{}, { CNI_COMMAND: "" }]) {
      const ended = await start({ file: name, env, input });
      expect(ended).toMatchObject({ exitCode: 0, stdout: "" });
      expect(ended.stderr).toMatch(new RegExp(`^CNI ${name} plugin \\d+\\.\\d+\\.\\d+ [^\\n]*\\n`));
      expect(ended.stderr.split("\n").slice(1)).toEqual([spoken, ""]);
    }
  });

  test("arguments change nothing under a plugin's name", async () => {
    const plain = await start({ file: "bridge" });
    expect(await start({ file: "bridge", args: ["--help"] })).toEqual(plain);
    expect(await start({ file: "bridge", args: ["frobnicate"] })).toEqual(plain);
  });

  test("trestle --version and --help answer on standard output", async () => {
    const asked = await start({ args: ["--version"] });
    expect(asked).toMatchObject({ exitCode: 0, stderr: "" });
    expect(asked.stdout).toMatch(/^trestle \d+\.\d+\.\d+\n$/);
    const helped = await start({ args: ["--help"] });
    expect(helped).toMatchObject({ exitCode: 0, stderr: "", stdout: expect.stringContaining("Usage:") });
    expect(await start({})).toEqual(helped);
  });

  test.each(["frobnicate", "", "--frobnicate", "ADD"])("trestle %j is refused with 2", async (word) => {
    const ended = await start({ args: [word] });
    expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ended.stderr).toContain(`"${word}"`);
    expect(ended.stderr).toContain("trestle --help");
  });

  test("trestle with CNI_COMMAND is the bridge plugin", async () => {
    const env = { ...addVariables, CNI_NETNS: "/proc/1/ns/net" };
    const asBridge = await start({ file: "bridge", env, input: bridgeOnly });
    expect(document(asBridge)).toMatchObject({ msg: expect.stringMatching(/hairpin|namespace/) });
    expect(await start({ env, input: bridgeOnly })).toEqual(asBridge);
  });

  test("a symbolic link's name counts, not its target's", async () => {
    const folder = newFolder();
    symlinkSync(executable("trestle"), join(folder, "loopback"));
    symlinkSync(executable("loopback"), join(folder, "trestle"));
    expect(await start({ file: join(folder, "loopback") })).toEqual(await start({ file: "loopback" }));
    expect(await start({ file: join(folder, "trestle"), args: ["--version"] })).toEqual(
      await start({ args: ["--version"] }),
    );
  });

  test.each([
    ["a copy", copyFileSync],
    ["a symbolic link", symlinkSync],
  ])("%s under another name is the bridge plugin, and the command line by hand", async (_what, make) => {
    const file = join(newFolder(), "my-network");
    make(executable("trestle"), file);
    const ended = await start({ file, env: addVariables, input });
    expect(ended).toEqual(await start({ file: "bridge", env: addVariables, input }));
    expect(await start({ file, args: ["--version"] })).toEqual(await start({ args: ["--version"] }));
  });

  test.each(["bun", "bunx", "node", "npm", "npx", "sh", "-bridge", "", "/", "bridge/"])(
    "called %j it does nothing that trestle does not do",
    async (argv0) => {
      expect(await start({ argv0, args: ["--version"] })).toEqual(await start({ args: ["--version"] }));
      const added = await start({ argv0, env: addVariables, input });
      expect(added).toEqual(await start({ env: addVariables, input }));
    },
  );

  test.each(["loopback", "./loopback", "/no/such/folder/loopback"])(
    "called %j it is loopback, wherever the file is",
    async (argv0) => {
      expect(await start({ argv0 })).toEqual(await start({ file: "loopback" }));
    },
  );

  test("a hard link elsewhere works", async () => {
    const folder = newFolder();
    const file = join(folder, "host-local");
    try {
      linkSync(executable("trestle"), file);
    } catch {
      // Another file system: then a copy has to do, which is the same to the program.
      copyFileSync(executable("trestle"), file);
    }
    expect(await start({ file })).toEqual(await start({ file: "host-local" }));
  });
});
