import { readFileSync, readdirSync } from "node:fs";
import type { FakeNode } from "./fake-node.ts";
import type { Json } from "./json.ts";

/** Mount points of the node by "path file system", with how many lie on top of each other. */
export function listMounts(node: FakeNode): Readonly<Record<string, Json>> {
  const lines = readFileSync(node.outside("/proc/1/mountinfo"), "utf8").trim().split("\n");
  return count(
    lines.map((line) => {
      const [before = "", after = ""] = line.split(" - ");
      return `${before.split(" ")[4] ?? ""} ${after.split(" ")[0] ?? ""}`;
    }),
  );
}

/** Command lines of what runs inside, but for the node's first process. */
export function listProcesses(node: FakeNode): Readonly<Record<string, Json>> {
  const ids = readdirSync(node.outside("/proc")).filter((name) => /^\d+$/.test(name) && name !== "1");
  return count(ids.map((id) => commandLine(node, id)).filter((line) => line !== ""));
}

/** Empty for a process that ended meanwhile, and for kernel threads. */
function commandLine(node: FakeNode, id: string): string {
  try {
    return readFileSync(node.outside(`/proc/${id}/cmdline`), "utf8")
      .replaceAll("\0", " ")
      .trim();
  } catch {
    return "";
  }
}

function count(names: readonly string[]): Readonly<Record<string, Json>> {
  const counts = new Map<string, number>();
  for (const name of names.toSorted()) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
