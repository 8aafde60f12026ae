/** Nothing in the environment or in the current folder changes what the executable does. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { describeWith } from "../node/index.ts";
import { type Ended, type Start, addVariables, foldersPerTest, network, start } from "./executable.ts";

const newFolder = foldersPerTest();
const input = JSON.stringify(network);

/** Starts that load different parts: the shortest, everything that an ADD needs, the log's libraries, the command line. */
const probes: readonly Start[] = [
  { file: "bridge", env: { CNI_COMMAND: "VERSION" }, input },
  { file: "bridge", env: addVariables, input },
  { file: "host-local", env: { ...addVariables, TRESTLE_LOG: "error" }, input: "{" },
  { file: "loopback" },
  { args: ["--version"] },
];

/** Everything below a folder. */
function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
}

async function probe(cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ended[]> {
  return Promise.all(probes.map(async (one) => start({ ...one, cwd, env: { ...one.env, ...env } })));
}

/** Code that shows that it ran: by a file, and by ending the process with a code that nothing else uses. */
function writeTrap(folder: string, name: string): void {
  const here = JSON.stringify(join(folder, "TRAPPED"));
  writeFileSync(join(folder, name), `require("fs").writeFileSync(${here}, ""); process.exit(42);\n`);
}

/** A folder full of what Bun and Node read where they are started. */
function writeTraps(folder: string): void {
  for (const name of ["trap.js", "index.js", "index.ts", "main.ts", "bunfig.js"]) writeTrap(folder, name);
  for (const name of ["winston", "valibot", "execa", "fs", "bun", "trap"]) {
    mkdirSync(join(folder, "node_modules", name), { recursive: true });
    writeTrap(folder, join("node_modules", name, "index.js"));
  }
  const files: Record<string, string> = {
    ".env": "CNI_COMMAND=VERSION\nBUN_OPTIONS=--preload=./trap.js\nTRESTLE_LOG=debug\n",
    ".env.production": "CNI_COMMAND=VERSION\n",
    ".env.local": "CNI_COMMAND=VERSION\n",
    "bunfig.toml": 'preload = ["./trap.js"]\nlogLevel = "debug"\n',
    ".bunfig.toml": 'preload = ["./trap.js"]\n',
    "package.json":
      '{"type":"module","main":"./trap.js","imports":{"#a":"./trap.js"},"bun":{"preload":"./trap.js"}}',
    "tsconfig.json": '{"compilerOptions":{"paths":{"*":["./trap.js"]},"jsxImportSource":"trap"}}',
    "jsconfig.json": "{ this is not JSON",
    "libc.so.6": "not a library",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

/** Variables of the runtime inside, of the engine inside that, and of Node, whose ways it imitates. */
const variables: readonly (readonly [name: string, value: string])[] = [
  ["BUN_BE_BUN", "1"],
  ["BUN_OPTIONS", "--preload=./trap.js"],
  ["BUN_OPTIONS", "--require=./trap.js"],
  ["BUN_OPTIONS", "--import=./trap.js"],
  ["BUN_OPTIONS", "--config=./bunfig.toml"],
  ["BUN_OPTIONS", "--env-file=./.env"],
  ["BUN_OPTIONS", "--cwd=/proc"],
  ["BUN_OPTIONS", "--cpu-prof --cpu-prof-dir=."],
  ["BUN_OPTIONS", "--heap-prof --heap-prof-dir=."],
  ["BUN_OPTIONS", "--eval process.exit(42)"],
  ["BUN_OPTIONS", "-e process.exit(42)"],
  ["BUN_OPTIONS", "--print 42"],
  ["BUN_OPTIONS", "--inspect-brk"],
  ["BUN_OPTIONS", "--version"],
  ["BUN_OPTIONS", "--no-such-option"],
  ["BUN_INSPECT", "127.0.0.1:0"],
  ["BUN_INSPECT_CONNECT_TO", "unix://./inspector"],
  ["BUN_INSPECT_NOTIFY", "unix://./inspector"],
  ["BUN_INSPECT_PRELOAD", "./trap.js"],
  ["BUN_BYTECODE_ORDER_OUT", "./order"],
  ["BUN_BYTECODE_ORDER_NAMES_OUT", "./names"],
  ["BUN_BYTECODE_DIGEST_OUT", "./digest"],
  ["BUN_RUNTIME_TRANSPILER_CACHE_PATH", "./cache"],
  ["BUN_TMPDIR", "."],
  ["BUN_TRACE", "./trace"],
  ["BUN_THREADPOOL_STATS", "1"],
  ["BUN_DESTRUCT_VM_ON_EXIT", "1"],
  ["BUN_FEATURE_FLAG_INTERNAL_FOR_TESTING", "1"],
  ["BUN_GC_TIMER_INTERVAL", "-1"],
  ["BUN_JSC_useJIT", "0"],
  ["BUN_JSC_dumpOptions", "2"],
  ["BUN_JSC_logGC", "2"],
  ["BUN_JSC_configFile", "./engine"],
  ["BUN_JSC_jitDumpDirectory", "."],
  ["BUN_JSC_forceRAMSize", "1"],
  ["BUN_JSC_noSuchOption", "1"],
  ["JSC_useJIT", "0"],
  ["JavaScriptCoreUseJIT", "0"],
  ["JSC_SIGNAL_FOR_GC", "9"],
  ["WTF_numberOfProcessorCores", "0"],
  ["GOMAXPROCS", "0"],
  ["UV_THREADPOOL_SIZE", "0"],
  ["SIMDUTF_FORCE_IMPLEMENTATION", "none"],
  ["NODE_OPTIONS", "--require ./trap.js --inspect"],
  ["NODE_PATH", "./node_modules"],
  ["NODE_ENV", "test"],
  ["NODE_CHANNEL_FD", "1"],
  ["NODE_REDIRECT_WARNINGS", "./warnings"],
  ["NODE_V8_COVERAGE", "./coverage"],
  ["NODE_COMPILE_CACHE", "./cache"],
  ["NODE_EXTRA_CA_CERTS", "./trap.js"],
  ["NODE_PENDING_DEPRECATION", "1"],
  ["HOME", "."],
  ["XDG_CONFIG_HOME", "."],
  ["FORCE_COLOR", "3"],
  ["DO_NOT_TRACK", "0"],
  ["LC_ALL", "tr_TR.UTF-8"],
];

describeWith(
  { plugins: ["bridge", "host-local", "loopback", "trestle"] },
  "environment of the executable",
  () => {
    test("the probes reach what they are for, with nothing in the environment but the protocol", async () => {
      const clean = await probe("/");
      expect(clean.map((ended) => ended.exitCode)).toEqual([0, 1, 1, 0, 0]);
      expect(clean.map((ended) => ended.stdout.slice(0, 1))).toEqual(["{", "{", "{", "", "t"]);
      expect(clean[1]?.stdout).toContain("/nowhere/net");
    });

    test("files in the current folder change nothing and are left alone", async () => {
      const folder = newFolder();
      writeTraps(folder);
      const before = listing(folder);
      expect(await probe(folder)).toEqual(await probe("/"));
      expect(listing(folder)).toEqual(before);
    });

    test.each(variables)("%s=%s changes nothing and writes no file", async (name, value) => {
      const folder = newFolder();
      writeTraps(folder);
      const before = listing(folder);
      expect(await probe(folder, { [name]: value })).toEqual(await probe("/"));
      expect(listing(folder)).toEqual(before);
    });

    test("its own arguments are its own", async () => {
      const folder = newFolder();
      writeTraps(folder);
      for (const args of [
        ["--preload", "./trap.js"],
        ["-e", "1"],
        ["run", "./trap.js"],
        ["./trap.js"],
        ["--inspect"],
      ]) {
        const ended = await start({ args, cwd: folder });
        expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
        expect(ended.stderr).toContain("unknown command");
      }
      expect(readdirSync(folder)).not.toContain("TRAPPED");
    });
  },
);
