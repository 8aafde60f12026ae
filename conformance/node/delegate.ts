/** Fake IPAM plugins: shell scripts that say what a test wants and remember how they were called. */
import { readdirSync } from "node:fs";
import script from "./delegate.sh" with { type: "text" };
import type { FakeNode } from "./fake-node.ts";

/** What a delegate does for one command. */
export interface Behaviour {
  /** Standard output: a value is sent as JSON, text as it is. */
  readonly out?: unknown;
  /** Standard error. */
  readonly err?: string;
  /** How it ends, as a shell command: "exit 3". Success when left out. */
  readonly end?: string;
}

/** One call of a delegate. */
export interface DelegateCall {
  readonly command: string;
  /** Lines NAME=VALUE, sorted. */
  readonly environment: readonly string[];
  /** Standard input as it came. */
  readonly input: string;
}

/** Folder of delegates inside a node unless a test says otherwise. */
export const delegateFolder = "/var/lib/node/ipam";

/** Installs a delegate; a second time changes what it does and forgets the calls. */
export async function installDelegate(
  node: FakeNode,
  name: string,
  behaviours: Readonly<Record<string, Behaviour>>,
  folder = delegateFolder,
): Promise<void> {
  const file = `${folder}/${name}`;
  await node.run("rm", ["-rf", `${file}.d`]);
  node.write(file, script);
  await node.run("chmod", ["+x", file]);
  for (const [command, { out, err, end }] of Object.entries(behaviours)) {
    const parts = {
      out: typeof out === "string" || out === undefined ? out : JSON.stringify(out),
      err,
      end,
    };
    for (const [part, text] of Object.entries(parts)) {
      if (text !== undefined) {
        node.write(`${file}.d/${command}.${part}`, text);
      }
    }
  }
}

/** The calls so far, in order. */
export function delegateCalls(
  node: FakeNode,
  name: string,
  folder = delegateFolder,
): readonly DelegateCall[] {
  const calls = `${folder}/${name}.d/calls`;
  const files = list(node.outside(calls)).filter((file) => file.endsWith(".stdin"));
  const numbers = files.map((file) => Number(file.split(".")[0])).toSorted((a, b) => a - b);
  return numbers.map((number) => {
    const environment = node.read(`${calls}/${number}.env`).trimEnd().split("\n");
    const command = environment.find((line) => line.startsWith("CNI_COMMAND="))?.slice("CNI_COMMAND=".length);
    return { command: command ?? "", environment, input: node.read(`${calls}/${number}.stdin`) };
  });
}

/** Only which commands were asked for. */
export function delegateCommands(node: FakeNode, name: string, folder = delegateFolder): string[] {
  return delegateCalls(node, name, folder).map(({ command }) => command);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
