/** What the SDK does around a plugin that delegates, is interrupted or has faults. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type FakeNode, type PluginCall, describeWith, nodesPerTest } from "../node/index.ts";
import { delegateCalls, delegateCommands, delegateFolder, installDelegate } from "../node/delegate.ts";
import { AuthorProject } from "../sdk/author-project.ts";
import { type Refusal, clean, refuse } from "./refusal.ts";

const startNode = nodesPerTest();

let project: AuthorProject;
beforeAll(async () => {
  project = await AuthorProject.make();
  project.take("conformance/sdk/broker.ts", "broker.ts");
  await project.compile("broker.ts", "broker");
});
afterAll(() => project[Symbol.dispose]());

const network = { cniVersion: "1.1.0", name: "net", type: "broker", ipam: { type: "fixed" } };

const called = (command: string, config: unknown = network): PluginCall => ({
  type: "broker",
  folder: project.path("bin"),
  path: delegateFolder,
  netns: "/run/netns/pod",
  command,
  config,
});

const refuses = (node: FakeNode, call: PluginCall, refusal: Refusal) => refuse(node, call, refusal);

const lease = { cniVersion: "0.3.1", ips: [{ version: "4", address: "10.1.0.4/24", gateway: "10.1.0.1" }] };

describeWith({}, "a plugin of others", () => {
  test("has its delegate's result in its own version, and the delegate the whole request", async () => {
    const node = await startNode();
    await installDelegate(node, "fixed", { ADD: { out: lease } });
    const added = await node.plugin({
      ...called("ADD"),
      args: "IgnoreUnknown=1;A=b",
      env: { OTHER: "kept" },
    });
    expect(added).toMatchObject({ exitCode: 0, stderr: "" });
    expect(added.json).toEqual({
      cniVersion: "1.1.0",
      ips: [{ address: "10.1.0.4/24", gateway: "10.1.0.1" }],
    });
    const [call, ...others] = delegateCalls(node, "fixed");
    expect(others).toEqual([]);
    expect(call).toMatchObject({ command: "ADD", input: JSON.stringify(network) });
    expect(call?.environment).toEqual(
      expect.arrayContaining(["CNI_ARGS=IgnoreUnknown=1;A=b", "OTHER=kept", "CNI_IFNAME=eth0"]),
    );
  });

  test("DEL reaches the delegate", async () => {
    const node = await startNode();
    await installDelegate(node, "fixed", {});
    expect(await node.plugin(called("DEL"))).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    expect(delegateCommands(node, "fixed")).toEqual(["DEL"]);
  });

  test("fails as its delegate does, which is asked to clean up", async () => {
    const node = await startNode();
    const error = { cniVersion: "1.1.0", code: 111, msg: "no more", details: "ask later" };
    await installDelegate(node, "fixed", { ADD: { out: error, end: "exit 1" } });
    const ended = await node.plugin(called("ADD"));
    expect({ exitCode: ended.exitCode, json: ended.json }).toEqual({ exitCode: 1, json: error });
    expect(delegateCommands(node, "fixed")).toEqual(["ADD", "DEL"]);
  });

  test("says which delegate it cannot find, and where a name of one must be", async () => {
    const node = await startNode();
    const missing = { code: 5, says: ['"fixed"', delegateFolder, '"ipam.type"'] };
    expect(await refuses(node, called("ADD"), missing)).toEqual(clean);
    const path = { ...network, ipam: { type: "../fixed" } };
    const isPath = { code: 7, says: ['"ipam.type" is "../fixed"'] };
    expect(await refuses(node, called("ADD", path), isPath)).toEqual(clean);
    const noPath = { code: 4, says: ["CNI_PATH"] };
    expect(await refuses(node, { ...called("ADD"), path: "" }, noPath)).toEqual(clean);
  });

  test("is not interrupted by a signal", async () => {
    const node = await startNode();
    const ended = await node.plugin(called("CHECK"));
    expect(ended).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
  });

  test("answers with 999 what its author has not thought of, as the plugin's own fault", async () => {
    const node = await startNode();
    const ended = await node.plugin(called("GC"));
    expect(ended).toMatchObject({ exitCode: 1, stderr: "" });
    expect(ended.json).toEqual({
      cniVersion: "1.1.0",
      code: 999,
      msg: "internal error: nobody thought of this",
      details: expect.stringContaining("a fault of the plugin"),
    });
    expect(ended.stdout).not.toContain("fault of trestle");
  });

  test("answers with 106 what the system forbids", async () => {
    const node = await startNode();
    expect(await refuses(node, called("STATUS"), { code: 106, says: ["/secret", "root"] })).toEqual(clean);
  });

  test("logs when it is asked to, with the libraries compiled in", async () => {
    const node = await startNode();
    const { exitCode, stderr } = await node.plugin({ ...called("GC"), env: { TRESTLE_LOG: "debug" } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("nobody thought of this");
  });
});
