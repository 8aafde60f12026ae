import { readFileSync, readdirSync } from "node:fs";

/** A number of seconds, about a day, that no other test process has in a command line, not even as the beginning of its own. */
export function processMark(): string {
  return `86400.${String(process.pid).padStart(10, "0")}`;
}

/** How many processes of the whole machine have this text in their command line. */
export function countProcesses(text: string): number {
  return readdirSync("/proc").filter((id) => /^\d+$/.test(id) && commandLine(id).includes(text)).length;
}

/** Arguments joined with spaces; empty for a process that ended meanwhile, and for kernel threads. */
function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}
