/** Where and with what the figures came about: part of every result. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { execa } from "execa";

export interface Machine {
  readonly kernel: string;
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryGiB: number;
  /** Of the last minute, before the run. */
  readonly load: number;
  readonly programs: Readonly<Record<string, string>>;
}

const versionQuestions: Readonly<Record<string, readonly string[]>> = {
  gcc: ["gcc", "-dumpfullversion"],
  nft: ["nft", "--version"],
  iptables: ["iptables", "--version"],
  bun: [process.execPath, "--version"],
};

export async function describeMachine(): Promise<Machine> {
  const answers = Object.entries(versionQuestions).map(async ([name, [program = name, ...args]]) => {
    const { stdout, failed } = await execa(program, args, { reject: false });
    return [name, failed ? "missing" : stdout.trim()] as const;
  });
  return {
    kernel: release(),
    cpus: cpus().length,
    cpuModel: /^model name\s*:\s*(.*)$/mu.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0] ?? 0,
    programs: Object.fromEntries(await Promise.all(answers)),
  };
}
