import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import type { Background } from "../node/background.ts";
import { type FakeNode, describeWith, diff, nodesPerTest, repository } from "../node/index.ts";

const startNode = nodesPerTest();
const machine = process.arch === "arm64" ? "aarch64" : process.arch;
const bun = join(repository, `node_modules/@oven/bun-linux-${machine}/bin/bun`);
const demo = join(repository, "conformance/demo/demo.sh");

/** The demo runs in a node that plays the host, so that whatever it does to its host can be seen. */
describeWith({ commands: ["ping", "nft", "script"], files: [bun], plugins: ["trestle"] }, "make demo", () => {
  test("shows the whole life of two containers, and leaves the host as it was", async () => {
    const host = await startNode();
    const before = await host.snapshot();
    const { stdout } = await host.run(demo);
    expect(diff(before, await host.snapshot())).toEqual([]);
    const steps = stdout.split("\n").filter((line) => /^\d\. /.test(line));
    expect(steps).toHaveLength(8);
    expect(stdout).toMatch(/ok {2}ADD db +10\.77\.0\.3\/16 .* in [\d.]+ ms/);
    expect(stdout).toMatch(/│ eth0 {2}([\da-f]{2}:){5}[\da-f]{2} /);
    expect(stdout).toMatch(/ok {2}web -> outside host +10\.77\.0\.2 is seen as 198\.51\.100\.1$/m);
    expect(stdout).toMatch(
      /ok {2}after somebody took a route away +check of "eth0" failed: route to 0\.0\.0\.0/,
    );
    expect(stdout).toMatch(/ok {2}cables and leases +none/);
    expect(stdout).not.toContain("\u001B");
  });

  test("has colours on a terminal", async () => {
    const host = await startNode();
    const { stdout } = await host.run("script", ["-qec", demo, "/dev/null"]);
    expect(stdout).toContain("\u001B[32mok\u001B[0m");
  });

  test("fails with the plugin's words when an expectation fails", async () => {
    const host = await startNode();
    const broken = "/var/lib/broken/trestle";
    host.write(broken, `#!/bin/sh\necho '{"code": 5, "msg": "out of order"}'\nexit 1\n`);
    await host.run("chmod", ["755", broken]);
    const ended = await host.run(demo, [], {
      env: { TRESTLE_PLUGIN_DIR: "/var/lib/broken" },
      allowFailure: true,
    });
    expect(ended).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/FAILED .*out of order/) });
  });

  test("says that it needs root", async () => {
    const host = await startNode();
    const ended = await host.run("setpriv", ["--reuid=65534", "--clear-groups", demo], {
      allowFailure: true,
    });
    expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("needs root") });
  });

  test.each(["INT", "TERM", "KILL"] as const)("SIG%s in the middle: nothing stays", async (signal) => {
    const host = await startNode();
    const before = await host.snapshot();
    const running = await host.background(demo);
    const own = namespaceOf(host, running.pid);
    await until(() => running.stdout().includes("ok  ADD web"));
    const made = networksOf(host).filter((network) => network !== own);
    expect(made.length).toBeGreaterThan(0);

    const { exitCode, stdout } = await running.stop(signal);

    expect(exitCode).toBe({ INT: 130, TERM: 143, KILL: 137 }[signal]);
    expect(stdout).not.toContain("FAILED");
    await until(() => networksOf(host).every((network) => !made.includes(network)));
    await settle(host, running);
    expect(networksOf(host)).toEqual([own]);
    expect(diff(before, await host.snapshot())).toEqual([]);
  });
});

/** Network namespaces that some process of the node is in. */
function networksOf(host: FakeNode): string[] {
  const ids = readdirSync(host.outside("/proc")).filter((name) => /^\d+$/.test(name));
  return [...new Set(ids.map((id) => namespaceOf(host, Number(id))))].filter((network) => network !== "");
}

/** Empty for a process that ended meanwhile. */
function namespaceOf(host: FakeNode, pid: number): string {
  try {
    return readlinkSync(host.outside(`/proc/${pid}/ns/net`));
  } catch {
    return "";
  }
}

/** The guard of the demo's node leaves a moment after the demo. */
async function settle(host: FakeNode, running: Background): Promise<void> {
  await running.ended;
  const others = () =>
    readdirSync(host.outside("/proc")).filter((name) => /^\d+$/.test(name) && name !== "1");
  await until(() => others().every((id) => !existsSync(host.outside(`/proc/${id}/exe`))));
}

async function until(condition: () => boolean, timeoutMs = 30_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition() && Date.now() < end) {
    await delay(5);
  }
}
