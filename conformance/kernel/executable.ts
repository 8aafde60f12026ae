/** The executable as a bare process: exactly the given environment, folder, name and descriptors, without a fake node. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "@jest/globals";
import { execa } from "execa";
import { type PluginReply, pluginFolder } from "../node/index.ts";
import { patience } from "../node/patience.ts";

/** One start; what is left out is the executable `trestle` with nothing: no arguments, no environment, no input. */
export interface Start {
  /** Path of the file, or a name in the folder under test. */
  readonly file?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  /** What the process is told that it is called, the file when left out. */
  readonly argv0?: string;
  /** Shell text that runs it as "$@": redirections and limits go here, such as `"$@" <&-`. */
  readonly within?: string;
}

/** How it ended. */
export interface Ended {
  /** 128 and more where a signal ended it, as shells count. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Path of an executable under test. */
export function executable(name: string): string {
  return name.startsWith("/") ? name : join(pluginFolder, name);
}

/** Runs to the end, a minute at most. */
export async function start({ file = "trestle", args = [], env = {}, ...more }: Start): Promise<Ended> {
  const own = [executable(file), ...args] as const;
  const [program, ...rest] =
    more.within === undefined
      ? own
      : // The shell adds variables of its own, which the executable must not need.
        (["/bin/sh", "-c", more.within, "sh", "/usr/bin/env", "-i", ...assignments(env), ...own] as const);
  const ended = await execa(program, rest, {
    ...(more.within === undefined ? { env, ...(more.argv0 === undefined ? {} : { argv0: more.argv0 }) } : {}),
    input: more.input ?? "",
    cwd: more.cwd ?? "/",
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    timeout: 60_000 * patience,
    killSignal: "SIGKILL",
  });
  return { exitCode: ended.exitCode ?? 137, stdout: ended.stdout, stderr: ended.stderr };
}

function assignments(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}

/** Standard output as the one JSON document that it must be. @throws SyntaxError when it is anything else */
export function document(ended: Ended): PluginReply {
  const reply: PluginReply = JSON.parse(ended.stdout);
  return reply;
}

/** The variables of an ADD that gets as far as opening the namespace, and fails there. */
export const addVariables: Readonly<Record<string, string>> = {
  CNI_COMMAND: "ADD",
  CNI_CONTAINERID: "container",
  CNI_NETNS: "/nowhere/net",
  CNI_IFNAME: "eth0",
  CNI_PATH: pluginFolder,
};

/** A complete configuration. */
export const network = {
  cniVersion: "1.0.0",
  name: "net",
  type: "bridge",
  ipam: { type: "host-local", subnet: "10.1.0.0/24" },
};

/** For test files: gives a function that makes an empty folder, removed after the test. */
export function foldersPerTest(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), "trestle-"));
    made.push(folder);
    return folder;
  };
}
