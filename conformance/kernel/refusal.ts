import { afterAll, beforeAll, expect, jest } from "@jest/globals";
import { FakeNode, type PluginCall, type PluginResult, type Snapshot, diff } from "../node/index.ts";
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
export type BadCall = Partial<PluginCall> & { readonly config: unknown };

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

/** What the call did wrong, with its answer; empty when it failed as it must and changed nothing. */
async function faults(
  node: FakeNode,
  before: Snapshot,
  call: BadCall,
  refusal: Refusal,
  ignore: readonly RegExp[] = [],
): Promise<string[]> {
  const ended = await node.plugin({ type: "bridge", command: "ADD", netns: "pod", ...call });
  if (ended.exitCode === 0) return ["succeeded"];
  const changes = diff(before, await node.snapshot(), { ignore }).map((line) => line.slice(0, longest));
  const found = faultsOf(ended, refusal);
  const answer = `answered ${JSON.stringify(ended.json ?? ended.stdout).slice(0, longest)}`;
  return [...found, ...(found.length > 0 ? [answer] : []), ...changes];
}

/** Characters of a line that a failed test shows: of a whole interface's settings the beginning will do. */
const longest = 300;

/** The call must fail so, and change nothing but what the patterns match. */
export async function refuse(
  node: FakeNode,
  call: BadCall,
  refusal: Refusal,
  ignore: readonly RegExp[] = [],
): Promise<void> {
  expect(await faults(node, await node.snapshot(), call, refusal, ignore)).toEqual([]);
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
  /** The call must fail so and change nothing; a correct one must work afterwards. */
  refuses(call: BadCall, refusal: Refusal): Promise<void>;
  /** The same for each of several, all of which are tried. */
  refusesAll(cases: readonly Case[]): Promise<void>;
}

/** To be called inside `describe`. */
export function sharedSubject(): Subject {
  jest.setTimeout(60_000);
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
    const failed: Record<string, string[]> = {};
    for (const { what, call, refusal } of cases) {
      const { node, before } = get();
      const found = await faults(node, before, call, refusal);
      if (found.length > 0) {
        failed[what] = found;
        await renew();
      }
    }
    expect(failed).toEqual({});
    await workOnce(get().node);
  };
  return {
    node: () => get().node,
    refusesAll,
    refuses: async (call, refusal) => refusesAll([{ what: "the call", call, refusal }]),
  };
}
