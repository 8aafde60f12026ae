/** Standard input, output and error in every state that a runtime may leave them in. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { expect, jest, test } from "@jest/globals";
import { describeWith, nodesPerTest } from "../node/index.ts";
import { type Ended, addVariables, document, executable, network, start } from "./executable.ts";

const startNode = nodesPerTest();
jest.setTimeout(120_000);

const input = JSON.stringify(network);
const version = { CNI_COMMAND: "VERSION" };

/** Sets O_NONBLOCK on a descriptor, as a parent that shares its own pipe leaves it, and goes on as the program. */
function nonBlocking(descriptor: "STDIN" | "STDOUT"): string {
  const set = `fcntl(${descriptor},F_SETFL,O_NONBLOCK|fcntl(${descriptor},F_GETFL,0)) or die;`;
  return `perl -MFcntl -e '${set} exec @ARGV or die' "$@"`;
}

/** Writes one piece after the other with a pause after each; the input stays open when `close` is false. */
async function startWithPieces(
  env: Readonly<Record<string, string>>,
  { pieces, pauseMs, close }: { pieces: readonly string[]; pauseMs: number; close: boolean },
): Promise<Ended> {
  const child = spawn(executable("bridge"), [], { env, cwd: "/", timeout: 60_000, killSignal: "SIGKILL" });
  const output: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const ended = once(child, "close");
  for (const piece of pieces) {
    child.stdin.write(piece);
    await delay(pauseMs);
  }
  if (close) child.stdin.end();
  await ended;
  child.stdin.destroy();
  return { exitCode: child.exitCode ?? 137, stdout: output.join(""), stderr: "" };
}

/** A document that fills any pipe many times over: the error quotes the name that it refuses. */
const long = JSON.stringify({ ...network, name: `/${"n".repeat(3_000_000)}` });

describeWith({ plugins: ["bridge", "loopback"], commands: ["perl"] }, "streams of the executable", () => {
  test.each([
    ["input", '"$@" <&-'],
    ["input and error", '"$@" <&- 2>&-'],
  ])("closed %s: VERSION answers, ADD says that its input is empty", async (_what, within) => {
    const asked = await start({ file: "bridge", env: version, within });
    expect(asked.exitCode).toBe(0);
    expect(document(asked)).toMatchObject({ cniVersion: "1.1.0", supportedVersions: expect.any(Array) });
    const added = await start({ file: "bridge", env: addVariables, within });
    expect(added).toMatchObject({ exitCode: 1, stderr: "" });
    expect(document(added)).toMatchObject({ code: 6, msg: expect.stringContaining("empty") });
  });

  test("closed error: the answer is the same", async () => {
    const open = await start({ file: "bridge", env: addVariables, input });
    expect(await start({ file: "bridge", env: addVariables, input, within: '"$@" 2>&-' })).toEqual(open);
  });

  test.each(['"$@" >&-', '"$@" <&- >&- 2>&-'])(
    "closed output (%s): it ends, and says nothing",
    async (within) => {
      expect(await start({ file: "bridge", env: addVariables, input, within })).toMatchObject({
        exitCode: 1,
        stdout: "",
        stderr: "",
      });
      expect(await start({ file: "bridge", env: version, input, within })).toMatchObject({
        stdout: "",
        stderr: "",
      });
      expect((await start({ file: "bridge", within })).exitCode).toBeLessThan(2);
    },
  );

  test("an output that takes nothing is a failure, even of what succeeded", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = JSON.stringify({ cniVersion: "1.0.0", name: "net", type: "loopback" });
    const env = { ...addVariables, CNI_NETNS: "/run/netns/one", CNI_IFNAME: "lo" };
    const full = await node.run("sh", ["-c", '"$0" > /dev/full', executable("loopback")], {
      env,
      input: config,
      allowFailure: true,
    });
    expect(full).toMatchObject({ exitCode: 1, stdout: "" });
    expect(await start({ file: "bridge", env: version, within: '"$@" > /dev/full' })).toMatchObject({
      exitCode: 1,
    });
    expect(await start({ args: ["--version"], within: '"$@" > /dev/full' })).toMatchObject({ exitCode: 1 });
    expect((await start({ file: "bridge", within: '"$@" 2> /dev/full' })).exitCode).toBeLessThan(2);
  });

  test("a reader that went away is a failure, even of what succeeded", async () => {
    // Until `true` has ended a write into its pipe succeeds, though nobody reads it.
    const gone = '{ while (echo) 2> /dev/null; do sleep 0.01; done; "$@"; echo "exit $?" >&2; } | true';
    const node = await startNode();
    await node.addNamespace("one");
    const config = JSON.stringify({ cniVersion: "1.0.0", name: "net", type: "loopback" });
    const env = { ...addVariables, CNI_NETNS: "/run/netns/one", CNI_IFNAME: "lo" };
    const added = await node.run("sh", ["-c", gone, "sh", executable("loopback")], { env, input: config });
    expect(added).toMatchObject({ stdout: "", stderr: "exit 1" });
    expect((await start({ file: "bridge", env: version, within: gone })).stderr).toBe("exit 1\n");
  });

  test("input that is never closed: VERSION answers all the same, in the version that it was given", async () => {
    const silent = await startWithPieces(version, { pieces: [], pauseMs: 0, close: false });
    expect(silent.exitCode).toBe(0);
    expect(document(silent).cniVersion).toBe("1.1.0");
    const given = await startWithPieces(version, { pieces: [input], pauseMs: 0, close: false });
    expect(given.exitCode).toBe(0);
    expect(document(given).cniVersion).toBe("1.0.0");
  });

  test("input that comes in pieces over seconds is read to its end", async () => {
    const pieces = input.match(/.{1,20}/g) ?? [];
    const added = await startWithPieces(addVariables, { pieces, pauseMs: 250, close: true });
    expect(pieces.length).toBeGreaterThan(4);
    expect(document(added)).toMatchObject({
      cniVersion: "1.0.0",
      msg: expect.stringContaining("/nowhere/net"),
    });
  });

  test("pipes in non-blocking mode are waited for", async () => {
    const slowWriter = `{ sleep 0.3; cat; } | ${nonBlocking("STDIN")}`;
    const plain = await start({ file: "bridge", env: addVariables, input });
    expect(await start({ file: "bridge", env: addVariables, input, within: slowWriter })).toEqual(plain);
    const asked = await start({ file: "bridge", env: version, input, within: slowWriter });
    expect(document(asked)).toMatchObject({ cniVersion: "1.0.0" });
  });

  test.each([
    ["a slow reader", '"$@" | { sleep 0.5; cat; }'],
    ["a slow reader of a non-blocking pipe", `${nonBlocking("STDOUT")} | { sleep 0.5; cat; }`],
  ])("%s gets the whole document", async (_what, within) => {
    const reply = document(await start({ file: "bridge", env: addVariables, input: long, within }));
    expect(reply).toMatchObject({ code: 7, msg: expect.stringContaining("n".repeat(3_000_000)) });
    expect(reply.details).toHaveLength(3_000_001);
  });

  test.each(["ADD", "DEL", "VERSION"])("%s: 10 MB of input are refused", async (command) => {
    const huge = Buffer.alloc(10_000_000, " ");
    const ended = await start({
      file: "bridge",
      env: { ...addVariables, CNI_COMMAND: command },
      input: huge,
    });
    expect(ended.exitCode).toBe(1);
    expect(document(ended)).toMatchObject({
      cniVersion: "1.1.0",
      code: 6,
      msg: "standard input is longer than 8388608 bytes",
    });
  });

  test.each(["ADD", "VERSION"])("%s: endless input is refused", async (command) => {
    const env = { ...addVariables, CNI_COMMAND: command };
    const ended = await start({ file: "bridge", env, within: 'yes | "$@"' });
    expect(ended.exitCode).toBe(1);
    expect(document(ended)).toMatchObject({ code: 6 });
  });

  test.each([
    ["ADD", '"$@" < /'],
    ["VERSION", '"$@" < /'],
    ["ADD", '"$@" 0> /dev/null'],
    ["VERSION", '"$@" 0> /dev/null'],
  ])("%s: input that cannot be read (%s) is an I/O error", async (command, within) => {
    const ended = await start({ file: "bridge", env: { ...addVariables, CNI_COMMAND: command }, within });
    expect(ended.exitCode).toBe(1);
    expect(document(ended)).toMatchObject({ code: 5 });
  });
});
