import { readFileSync, readdirSync } from "node:fs";

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
