import { join } from "node:path";
import { afterAll, beforeAll, jest } from "@jest/globals";
import {
  FakeNode,
  type PluginCall,
  type PluginResult,
  type Snapshot,
  diff,
  pluginFolder,
} from "../node/index.ts";
import { callEnvironment, encodeInput, readReply } from "../node/plugin-call.ts";
import { attach, detach } from "./attachment.ts";
import { type Config, fullNetwork } from "./network.ts";

/** How a call must fail. */
export interface Refusal {
  /** From the table in cni/error.ts. */
  readonly code: number;
  /** What message and details must say together: what was attempted, what was found there, what to do. */
  readonly says: readonly (string | RegExp)[];
  /** The version that the error is written in, 1.1.0 when left out. */
  readonly cniVersion?: string;
}

/** A call that must fail; an ADD of the container "pod" where nothing else is said. */
export type BadCall = Partial<PluginCall> & {
  readonly config: unknown;
  /** A program that starts the plugin, with its options: strace(1), setpriv(1). */
  readonly under?: readonly [string, ...string[]];
};

/** Where a JavaScript program was when it failed, which is no business of a user. */
const insides = /\n\s+at |\.[jt]s:\d|\$bunfs|node:internal|internal error|undefined|\[object/;

/**
 * What is wrong with an answer that must be this refusal, one line each: it must be one error document of the
 * specification on standard output, with nothing on standard error and nothing of the program's inside.
 */
export function faultsOf({ exitCode, stdout, stderr, json }: PluginResult, refusal: Refusal): string[] {
  const { cniVersion, code, msg = "", details = "", ...others } = json ?? {};
  const said = `${msg}\n${details}`;
  const says = (part: string | RegExp) => (typeof part === "string" ? said.includes(part) : part.test(said));
  const wanted: [string, unknown, unknown][] = [
    ["exit code", exitCode, 1],
    ["standard error", stderr, ""],
    ["version", cniVersion, refusal.cniVersion ?? "1.1.0"],
    ["code", code, refusal.code],
    ["other keys", Object.keys(others).join(), ""],
  ];
  const differing = wanted.filter(([, found, must]) => found !== must);
  const silent = refusal.says.filter((part) => !says(part));
  const secret = insides.exec(stdout);
  return [
    ...differing.map(([what, found, must]) => `${what} is ${String(found)}, not ${String(must)}`),
    ...silent.map((part) => `does not say ${String(part)}`),
    ...(secret === null ? [] : [`says ${JSON.stringify(secret[0])}`]),
    ...(msg === "" ? ["says nothing"] : []),
  ];
}

async function start(node: FakeNode, call: PluginCall & BadCall): Promise<PluginResult> {
  if (call.under === undefined) return node.plugin(call);
  const [program, ...options] = call.under;
  const folder = call.folder ?? pluginFolder;
  const ended = await node.run(program, [...options, join(folder, call.type)], {
    input: encodeInput(call.config),
    env: callEnvironment(call, { netns: call.netns, folder }),
    allowFailure: true,
  });
  return { ...ended, json: readReply(ended.stdout) };
}

function complete(call: BadCall): PluginCall & BadCall {
  return { type: "bridge", command: "ADD", netns: "/run/netns/pod", ...call };
}

/** {@link faultsOf}, with the answer itself for whoever has to mend it. */
function answerFaults(ended: PluginResult, refusal: Refusal): string[] {
  if (ended.exitCode === 0) return ["succeeded"];
  const found = faultsOf(ended, refusal);
  const answer = `answered ${JSON.stringify(ended.json ?? ended.stdout).slice(0, longest)}`;
  return found.length === 0 ? [] : [...found, answer];
}

function changesSince(before: Snapshot, after: Snapshot, ignore: readonly RegExp[] = []): string[] {
  return diff(before, after, { ignore }).map((line) => line.slice(0, longest));
}

/** Characters of a line that a failed test shows: of a whole interface's settings the beginning will do. */
const longest = 300;

/** What is to be held against a refusal. */
export interface Outcome {
  /** What is wrong with the answer. */
  readonly faults: readonly string[];
  /** What the call changed. */
  readonly changes: readonly string[];
}

/** A refusal that is as it must be. */
export const clean: Outcome = { faults: [], changes: [] };

/** A call that must fail so, and change nothing but what the patterns match. */
export async function refuse(
  node: FakeNode,
  call: BadCall,
  refusal: Refusal,
  ignore: readonly RegExp[] = [],
): Promise<Outcome> {
  const before = await node.snapshot();
  const faults = answerFaults(await start(node, complete(call)), refusal);
  return { faults, changes: changesSince(before, await node.snapshot(), ignore) };
}

/** A correct attachment comes and goes. */
export async function expectToWork(
  node: FakeNode,
  config: Config,
  whose: Partial<PluginCall> = {},
): Promise<void> {
  await attach(node, config, { netns: "pod", ...whose });
  await detach(node, config, { netns: "pod", ...whose });
}

/** Takes back what a network keeps for its next container. */
const forget = `
ip link del br0
nft delete table inet trestle
rm -rf /var/lib/cni/networks
echo 0 > /proc/sys/net/ipv4/ip_forward
echo 0 > /proc/sys/net/ipv6/conf/all/forwarding
`;

async function workOnce(node: FakeNode): Promise<void> {
  await expectToWork(node, fullNetwork());
  await node.run("sh", ["-ec", forget]);
}

interface Fresh {
  readonly node: FakeNode;
  readonly before: Snapshot;
}

async function startFresh(): Promise<Fresh> {
  const node = await FakeNode.start();
  await node.addNamespace("pod");
  // The first attachment leaves settings that the next ones find.
  await workOnce(node);
  return { node, before: await node.snapshot() };
}

/** One of several calls that a test makes. */
export interface Case {
  /** For people. */
  readonly what: string;
  readonly call: BadCall;
  readonly refusal: Refusal;
}

/** A node with an empty container "pod", which all tests of a group share. */
export interface Subject {
  node(): FakeNode;
  /** A call that must fail so and change nothing; a correct one must work afterwards. */
  refuses(call: BadCall, refusal: Refusal): Promise<Outcome>;
  /** The same for several, all of which are tried: a correct call must work after them. */
  refusesAll(cases: readonly Case[]): Promise<Outcome>;
}

/** To be called inside `describe`. */
export function sharedSubject(): Subject {
  jest.setTimeout(120_000);
  let shared: Fresh | undefined;
  const get = (): Fresh => {
    if (shared === undefined) throw new Error("The node is not started yet");
    return shared;
  };
  const renew = async () => {
    await shared?.node.stop();
    shared = await startFresh();
  };
  beforeAll(renew);
  afterAll(async () => {
    await shared?.node.stop();
  });
  const refusesAll = async (cases: readonly Case[]) => {
    const { node, before } = get();
    const found: string[] = [];
    for (const { what, call, refusal } of cases) {
      const faults = answerFaults(await start(node, complete(call)), refusal);
      found.push(...faults.map((fault) => `${what}: ${fault}`));
    }
    const changes = changesSince(before, await node.snapshot());
    if (changes.length > 0) await renew();
    await workOnce(get().node);
    return { faults: found, changes };
  };
  return {
    node: () => get().node,
    refusesAll,
    refuses: async (call, refusal) => refusesAll([{ what: "the call", call, refusal }]),
  };
}
