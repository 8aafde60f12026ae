/** A recorded call as commands to repeat it by hand, and what it said. */
import { posix } from "node:path";
import type { RecordedCall } from "../suite/report.ts";
import { quoteForShell } from "./escape.ts";

/** What a shell takes; the namespace is made before by `ip netns add`. */
export function commandOf({ program, environment, stdin }: RecordedCall): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quoteForShell(value)}`);
  const call = ["env -i PATH=$PATH", ...variables, quoteForShell(program)].join(" ");
  // What is no text is recorded as its length alone.
  const input = /^\d+ bytes$/.test(stdin) ? `head -c ${stdin.split(" ")[0]} FILE` : printed(stdin);
  return `${input} | ${call}`;
}

function printed(stdin: string): string {
  return `printf %s ${quoteForShell(stdin)}`;
}

/** Namespaces that the calls are about, as commands; paths that take a detour are the same namespace. */
export function preparationOf(calls: readonly RecordedCall[]): readonly string[] {
  const paths = calls.map(({ environment }) => posix.normalize(environment["CNI_NETNS"] ?? ""));
  const names = paths.flatMap((path) => /^\/run\/netns\/(\w[\w.-]*)$/.exec(path)?.[1] ?? []);
  return [...new Set(names)].map((name) => `ip netns add ${name}`);
}

const shownLength = 2000;

/** A document on one line, anything else as it is. */
function shorten(text: string): string {
  const trimmed = compact(text.trim());
  return trimmed.length > shownLength ? `${trimmed.slice(0, shownLength)}…` : trimmed;
}

function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** The exit code and both streams, the silent ones left out. */
export function answerOf({ exitCode, stdout, stderr }: RecordedCall): string {
  const lines = [`exit ${exitCode}`];
  if (stdout !== "") lines.push(`standard output: ${shorten(stdout)}`);
  if (stderr !== "") lines.push(`standard error: ${shorten(stderr)}`);
  return lines.join("\n");
}

/** Everything about the last calls before a failure, for people. */
export function describeCalls(calls: readonly RecordedCall[]): string {
  const told = calls.map((call) => {
    const answer = answerOf(call)
      .split("\n")
      .map((line) => `# ${line}`);
    return [commandOf(call), ...answer].join("\n");
  });
  return [...preparationOf(calls), ...told].join("\n");
}
