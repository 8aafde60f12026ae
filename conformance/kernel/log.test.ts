import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest } from "../node/index.ts";
import { attach, call } from "./attachment.ts";
import { type Config, fullNetwork } from "./network.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };

async function nodeWithOne(): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("one");
  return node;
}

function lines(text: string): { level: string; message: string }[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** ADD, CHECK and DEL, all of which must succeed; what they said on standard error. */
async function live(node: FakeNode, config: Config, env: Record<string, string> = {}): Promise<string> {
  const added = await call(node, "ADD", config, { ...one, env });
  expect(added).toMatchObject({ exitCode: 0 });
  const prevResult = added.json ?? {};
  const checked = await call(node, "CHECK", { ...config, prevResult }, { ...one, env });
  const deleted = await call(node, "DEL", { ...config, prevResult }, { ...one, env });
  expect([checked, deleted]).toMatchObject([
    { exitCode: 0, stdout: "" },
    { exitCode: 0, stdout: "" },
  ]);
  return [added, checked, deleted]
    .map(({ stderr }) => stderr)
    .join("\n")
    .trim();
}

describeWith({ plugins: ["bridge", "host-local"] }, "the log", () => {
  test("is silent unless asked for", async () => {
    expect(await live(await nodeWithOne(), fullNetwork())).toBe("");
  });

  test.each([
    ["TRESTLE_LOG=debug", {}, { TRESTLE_LOG: "debug" }],
    ["logLevel", { logLevel: "debug" }, {}],
    ["logLevel where TRESTLE_LOG is no level", { logLevel: "debug" }, { TRESTLE_LOG: "bogus" }],
  ])("tells the steps on standard error with %s", async (_how, more, env) => {
    const said = lines(await live(await nodeWithOne(), fullNetwork(more), env));
    expect(said.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        "bridge ready",
        "veth ready",
        "addresses leased",
        "gateway ready",
        "masquerade ready",
        "checking",
        "link removed",
      ]),
    );
  });

  test("goes to a file that only root reads, and is appended to", async () => {
    const node = await nodeWithOne();
    const config = fullNetwork({ logLevel: "debug", logFile: "/run/log.txt" });
    expect(await live(node, config)).toBe("");
    const first = lines(node.read("/run/log.txt")).length;
    expect(await live(node, config)).toBe("");
    expect(lines(node.read("/run/log.txt")).length).toBe(first * 2);
    expect((await node.run("stat", ["-c", "%a", "/run/log.txt"])).stdout.trim()).toBe("600");
  });

  test.each([
    ["a folder", ["mkdir", "/run/log.txt"], "/run/log.txt"],
    ["a folder that is missing", ["true"], "/run/none/log.txt"],
    ["a fifo that nobody reads", ["mkfifo", "/run/log.txt"], "/run/log.txt"],
    ["a link", ["ln", "-s", "/run/target", "/run/log.txt"], "/run/log.txt"],
    ["a full device", ["true"], "/dev/full"],
  ])("that is %s changes nothing but where it goes", async (_what, [program = "true", ...args], logFile) => {
    const node = await nodeWithOne();
    await node.run(program, args);
    const said = await live(node, fullNetwork({ logLevel: "debug", logFile }));
    expect(said).toContain(`cannot write "logFile"`);
    expect(said).toContain(logFile);
    expect((await node.run("find", ["/run", "-maxdepth", "1", "-name", "target"])).stdout).toBe("");
  });

  test("tells about a failure with its causes, beside the error on standard output", async () => {
    const node = await nodeWithOne();
    await attach(node, fullNetwork(), one);
    const again = await call(node, "ADD", fullNetwork({ logLevel: "debug" }), one);
    expect(again).toMatchObject({ exitCode: 1, json: { code: 103 } });
    expect(lines(again.stderr).map(({ message }) => message)).toContain("request failed");
    expect(again.stdout).not.toContain("    at ");
  });

  test.each([
    ["logLevel", "DEBUG"],
    ["logLevel", 42],
    ["logFile", 7],
  ])("%s %j is refused", async (key, value) => {
    const ended = await call(await nodeWithOne(), "ADD", fullNetwork({ [key]: value }), one);
    expect(ended).toMatchObject({ exitCode: 1, json: { code: 7, msg: expect.stringContaining(key) } });
  });
});
