import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { describeWith, repository } from "./index.ts";
import { countProcesses, processMark } from "./processes.ts";

const configuration = {
  rootDir: repository,
  testMatch: ["**/conformance/node/interrupted/endless.ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
    ],
    "^.+\\.sh$": "<rootDir>/conformance/node/text-module.js",
  },
  extensionsToTreatAsEsm: [".ts", ".sh"],
};

describeWith({}, "FakeNode when Jest is interrupted", () => {
  test.each(["SIGKILL", "SIGINT"] as const)(
    "%s: nothing of the node stays",
    async (signal) => {
      const folder = mkdtempSync(join(tmpdir(), "interrupted-"));
      const report = join(folder, "report.json");
      const mark = processMark();
      const hierarchy = existsSync("/sys/fs/cgroup/memory") ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
      const jest = spawn(
        process.execPath,
        [
          "--experimental-vm-modules",
          "node_modules/jest/bin/jest.js",
          "--runInBand",
          `--config=${JSON.stringify(configuration)}`,
        ],
        {
          cwd: repository,
          detached: true,
          stdio: "ignore",
          env: { ...process.env, INTERRUPTED: `${report} ${mark} ${hierarchy}` },
        },
      );
      const group = -(jest.pid ?? 0);
      try {
        await until(() => existsSync(report) && readFileSync(report, "utf8") !== "", 60_000);
        const node: { pid: number; cgroup: string } = JSON.parse(readFileSync(report, "utf8"));
        expect(countProcesses(mark)).toBe(1);
        expect(existsSync(`/proc/${node.pid}`)).toBe(true);

        process.kill(group, signal);

        await until(() => !existsSync(`/proc/${node.pid}`) && !existsSync(node.cgroup), 30_000);
        expect({ alive: existsSync(`/proc/${node.pid}`), cgroup: existsSync(node.cgroup) }).toEqual({
          alive: false,
          cgroup: false,
        });
        expect(countProcesses(mark)).toBe(0);
      } finally {
        if (jest.exitCode === null && jest.signalCode === null) {
          process.kill(group, "SIGKILL");
        }
        rmSync(folder, { recursive: true });
      }
    },
    120_000,
  );
});

async function until(condition: () => boolean, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition() && Date.now() < end) {
    await delay(20);
  }
}
