/** ADDs of which one system call fails: whatever it is, nothing may be left. */
import { type FakeNode, type PluginReply, type Snapshot, diff, pluginFolder } from "../node/index.ts";
import { type Whose, detach, expectHealthy } from "./attachment.ts";
import type { Config } from "./network.ts";
import { remainsAfterFailure } from "./remains.ts";

export interface Fault {
  readonly call: string;
  /** "KILL" ends the process instead, with the call. */
  readonly error: string;
  /** Which of the calls, from 1. */
  readonly when: number;
}

/** Kinds of calls that reach the kernel's network, and errors that they can have in real life. */
export const faults: [call: string, error: string][] = [
  ["sendto", "EIO"],
  ["sendto", "ENOMEM"],
  ["recvfrom", "ENOBUFS"],
  ["setns", "EPERM"],
  ["flock", "EIO"],
  ["linkat", "EIO"],
];

/** More calls of one kind than any ADD has. */
export const plenty = 80;

/** Whose ADD fails: the container "one". */
export const one = { netns: "one", containerId: "one" };

interface Faulty {
  readonly exitCode: number;
  readonly reply: PluginReply | undefined;
  /** False when there was no such call. */
  readonly injected: boolean;
}

/** Runs a command for the container "one" under strace, which makes the n-th call of a kind fail. */
export async function callWithFault(
  node: FakeNode,
  { command, config, netns = "/run/netns/one" }: { command: string; config: Config; netns?: string },
  { call, error, when }: Fault,
): Promise<Faulty> {
  const inject = `inject=${call}:${error === "KILL" ? "signal=KILL" : `error=${error}`}:when=${when}`;
  const strace = ["-f", "-qq", "-o", "/var/lib/node/trace", "-e", `trace=${call}`, "-e", inject];
  const ended = await node.run("strace", [...strace, `${pluginFolder}/${String(config["type"])}`], {
    input: JSON.stringify(config),
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: "one",
      CNI_NETNS: netns,
      CNI_IFNAME: "eth0",
      CNI_PATH: pluginFolder,
    },
    allowFailure: true,
  });
  const reply: PluginReply | undefined = ended.stdout === "" ? undefined : JSON.parse(ended.stdout);
  const trace = node.read("/var/lib/node/trace");
  return { exitCode: ended.exitCode, reply, injected: /\(INJECTED\)|killed by SIGKILL/.test(trace) };
}

/** Runs an ADD of which the n-th call of a kind fails. */
export async function addWithFault(
  node: FakeNode,
  config: Config,
  fault: Fault,
  netns?: string,
): Promise<Faulty> {
  return callWithFault(node, { command: "ADD", config, ...(netns === undefined ? {} : { netns }) }, fault);
}

/** Where the faults happen. */
export interface FaultyWorld {
  readonly config: Config;
  readonly whose?: Whose;
  /** CNI_NETNS, a path. */
  readonly netns?: string;
  /** Takes away what may stay after a DEL. */
  readonly tidy?: (node: FakeNode) => Promise<unknown>;
}

/** What is wrong after an ADD with one fault, as lines; `undefined` when there was no such call to make fail. */
export async function faultsAfter(
  node: FakeNode,
  before: Snapshot,
  fault: Fault,
  { config, netns, tidy, whose = one }: FaultyWorld,
): Promise<string[] | undefined> {
  const ended = await addWithFault(node, config, fault, netns);
  if (!ended.injected) {
    return undefined;
  }
  if (ended.exitCode === 0) {
    // It could do without that call: then the attachment must be whole.
    await expectHealthy(node, config, ended.reply ?? {}, whose);
    await detach(node, config, whose);
    await tidy?.(node);
  }
  const isError = typeof ended.reply?.code === "number" && typeof ended.reply.msg === "string";
  const left = diff(before, await node.snapshot(), { ignore: remainsAfterFailure() });
  return ended.exitCode === 0 || (ended.exitCode === 1 && isError)
    ? left
    : [`exit ${ended.exitCode} without an error object`, ...left];
}

/** Makes each call of a kind fail in turn, in a new node after each that left something. */
export async function failEach(
  start: () => Promise<FakeNode>,
  kind: Omit<Fault, "when">,
  world: FaultyWorld,
): Promise<{ readonly wrong: string[]; readonly reached: number; readonly node: FakeNode }> {
  const wrong: string[] = [];
  let reached = 0;
  let node = await start();
  const before = await node.snapshot();
  for (let when = 1; when < plenty; when += 1) {
    const found = await faultsAfter(node, before, { ...kind, when }, world);
    if (found === undefined) {
      break;
    }
    reached = when;
    if (found.length > 0) {
      wrong.push(...found.map((line) => `${kind.call} ${when}: ${line.slice(0, 100)}`));
      await node.stop();
      node = await start();
    }
  }
  return { wrong, reached, node };
}
