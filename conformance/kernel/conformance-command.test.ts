/** `trestle conformance`: what it says, writes and returns. Judged is /bin/true, which keeps no promise, beside our own plugin. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, jest, test } from "@jest/globals";
import { describeWith, pluginFolder } from "../node/index.ts";
import { countProcesses, processMark } from "../node/processes.ts";
import { type Ended, foldersPerTest, start } from "./executable.ts";

// Each run makes hosts; a busy machine takes its time for that.
jest.setTimeout(120_000);

const makeFolder = foldersPerTest();
const quick = ["--only", "ENV-01", "--version", "1.1.0"];
const formats = ["table", "json", "junit", "html", "markdown"] as const;

async function conformance(...args: readonly string[]): Promise<Ended> {
  return start({ args: ["conformance", ...args], env: { PATH: "/usr/bin:/bin" } });
}

/** A folder of plugins that do nothing, and succeed. */
function idlePlugins(): string {
  const folder = makeFolder();
  for (const type of ["bridge", "host-local"]) symlinkSync("/bin/true", join(folder, type));
  return folder;
}

/** @throws Error when it has not come true after 20 seconds */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await delay(20);
  }
}

function judge(folder: string, ...args: readonly string[]): Promise<Ended> {
  return conformance("--plugin-dir", folder, "--type", "bridge", ...args);
}

describeWith(
  { plugins: ["trestle", "bridge", "host-local"], commands: ["nft", "tc", "bridge"] },
  "trestle conformance",
  () => {
    test("a plugin that keeps its promise passes, one that does not fails with the reason and the call", async () => {
      const ours = await judge(pluginFolder, ...quick);
      expect(ours).toMatchObject({ exitCode: 0, stderr: "", stdout: expect.stringContaining("✓ ENV-01") });
      const idle = idlePlugins();
      const theirs = await judge(idle, ...quick);
      expect(theirs).toMatchObject({ exitCode: 1, stderr: "" });
      expect(theirs.stdout).toContain("✗ ENV-01");
      expect(theirs.stdout).toContain("fails: FOO must fail, but it exited with 0");
      expect(theirs.stdout).toMatch(/printf %s '\{.*\}' \| env -i PATH=\$PATH CNI_COMMAND=FOO /);
      expect(theirs.stdout).not.toContain("\u001B");
    });

    test("what the suite could not judge is neither a pass nor a failure", async () => {
      const folder = makeFolder();
      const goes = '#!/bin/sh\numount /run/netns/one\necho \'{"cniVersion":"1.1.0"}\'\n';
      for (const type of ["bridge", "host-local"]) writeFileSync(join(folder, type), goes, { mode: 0o755 });
      const ended = await judge(folder, "--only", "ADD-01", "--version", "1.1.0");
      expect(ended).toMatchObject({ exitCode: 2, stderr: "", stdout: expect.stringContaining("? ADD-01") });
      expect(ended.stdout).toContain("could not be judged: ");
    });

    test.each(formats)("%s is the same on standard output and in a file", async (format) => {
      const plugins = idlePlugins();
      const folder = makeFolder();
      const file = join(folder, "report");
      const printed = await judge(plugins, ...quick, "--format", format);
      const written = await judge(plugins, ...quick, "--format", format, "--out", file);
      expect(printed).toMatchObject({ exitCode: 1, stderr: "", stdout: expect.stringContaining("ENV-01") });
      expect(written).toMatchObject({ exitCode: 1, stderr: "" });
      expect(written.stdout).toBe(
        `bridge: 1 clause in CNI 1.1.0: 1 failed (ENV-01); ${file} has the report\n`,
      );
      const untimed = (text: string): string => text.replaceAll(/(time="|"milliseconds": )[\d.]+/g, "$1");
      expect(untimed(readFileSync(file, "utf8"))).toBe(untimed(printed.stdout));
      expect(readdirSync(folder)).toEqual(["report"]);
    });

    test("differences that are listed without need are told", async () => {
      const known = join(makeFolder(), "known.json");
      writeFileSync(known, JSON.stringify({ "ENV-01": "no reason", "NO-99": "gone" }));
      expect(await judge(pluginFolder, ...quick, "--known", known)).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(/ENV-01, which is of spec, .*\n.*NO-99, which does not exist\n$/),
      });
    });

    test("clauses are listed without a plugin", async () => {
      const { exitCode, stdout } = await conformance("--list", "--only", "ENV-01");
      expect({ exitCode, stdout }).toEqual({
        exitCode: 0,
        stdout: expect.stringMatching(
          /^ENV {2}Environment\n {2}ENV-01 +MUST +spec +0\.1\.0 {2}CNI_COMMAND .*\n$/,
        ),
      });
      const json = await conformance("--list", "--json", "--only", "ENV-01");
      expect(JSON.parse(json.stdout)).toMatchObject([{ id: "ENV-01", strength: "MUST", since: "0.1.0" }]);
    });

    test("nothing asked is help", async () => {
      for (const args of [[], ["--help"]]) {
        const ended = await conformance(...args);
        expect(ended).toMatchObject({
          exitCode: 0,
          stderr: "",
          stdout: expect.stringContaining("Examples:"),
        });
      }
      expect((await start({ args: ["--help"] })).stdout).toContain("trestle conformance --help");
    });

    const refusals: readonly [says: string, args: (folder: string) => readonly string[]][] = [
      ["--type is missing; trestle conformance --help", (folder) => ["--plugin-dir", folder]],
      ['--only has "NO-99"', (folder) => ["--plugin-dir", folder, "--type", "bridge", "--only", "NO-99"]],
      ["--plugin-dir: there is no folder /nowhere", () => ["--plugin-dir", "/nowhere", "--type", "bridge"]],
      ["--type: there is no", (folder) => ["--plugin-dir", folder, "--type", "missing"]],
      ["is not executable", (folder) => ["--plugin-dir", folder, "--type", "text"]],
      [
        `the configuration's ipam.type is "missing": there is no`,
        (folder) => ["--plugin-dir", folder, "--type", "bridge", "--config", join(folder, "delegating.json")],
      ],
      [
        "cannot be read as JSON",
        (folder) => ["--plugin-dir", folder, "--type", "bridge", "--config", join(folder, "text")],
      ],
      [
        "there is no folder /nowhere to put report in",
        (folder) => ["--plugin-dir", folder, "--type", "bridge", "--out", "/nowhere/report"],
      ],
      [
        "/dev/null is there and is no regular file",
        (folder) => ["--plugin-dir", folder, "--type", "bridge", "--out", "/dev/null"],
      ],
    ];

    test.each(refusals)("%s: refused before anything is judged", async (says, args) => {
      const folder = idlePlugins();
      writeFileSync(join(folder, "text"), "no JSON and no program");
      writeFileSync(join(folder, "delegating.json"), '{"type":"bridge","ipam":{"type":"missing"}}');
      const ended = await conformance(...args(folder));
      expect(ended).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining(says) });
      expect(ended.stderr).toMatch(/^trestle conformance: .*\n$/);
    });

    test("a folder that the cases' hosts do not see is refused, not judged as failing", async () => {
      const folder = `/run/trestle-conformance-${process.pid}`;
      mkdirSync(folder);
      try {
        for (const type of ["bridge", "host-local"]) symlinkSync("/bin/true", join(folder, type));
        const ended = await judge(folder, ...quick);
        expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
        expect(ended.stderr).toContain(`${folder} is out of sight of the hosts`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test("interrupted it ends at once, with everything that it started, and writes nothing", async () => {
      const mark = processMark();
      const folder = makeFolder();
      const hanging = `#!/bin/sh\nexec sleep ${mark}\n`;
      for (const type of ["bridge", "host-local"])
        writeFileSync(join(folder, type), hanging, { mode: 0o755 });
      const args = ["conformance", "--plugin-dir", folder, "--type", "bridge", "--out", join(folder, "out")];
      const running = spawn(join(pluginFolder, "trestle"), args, { stdio: "ignore" });
      const ended = once(running, "exit");
      try {
        await until("the plugin runs", () => countProcesses(mark) > 0);
        running.kill("SIGINT");
        expect(await ended).toEqual([130, null]);
        await until("the plugin is gone", () => countProcesses(mark) === 0);
      } finally {
        // The plugins end with it, so that a failure leaves nothing that runs for a day.
        running.kill("SIGKILL");
      }
      expect(readdirSync(folder).toSorted()).toEqual(["bridge", "host-local"]);
    });

    test("a choice that leaves nothing to judge is no pass, and told apart from what cannot be judged", async () => {
      const file = join(makeFolder(), "report");
      const ended = await judge(idlePlugins(), "--only", "VER-01", "--profile", "compat", "--out", file);
      expect(ended).toMatchObject({ exitCode: 3, stdout: "" });
      expect(ended.stderr).toContain("none of the clauses that were chosen is for bridge in CNI 0.1.0, ");
      expect(existsSync(file)).toBe(false);
    });
  },
);
