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
const stackTrace = /\n\s+at |\.[jt]s:\d|\$bunfs|node:internal/;

/** One error document of the specification on standard output, nothing on standard error, nothing of the program's inside. */
export function expectRefusal(ended: PluginResult, refusal: Refusal): void {
  const { exitCode, stdout, stderr, json } = ended;
  const { cniVersion, code, msg, details = "", ...others } = json ?? {};
  expect({ exitCode, stderr, cniVersion, code, others, msg, details }).toEqual({
    exitCode: 1,
    stderr: "",
    cniVersion: refusal.cniVersion ?? "1.1.0",
    code: refusal.code,
    others: {},
    msg: expect.stringMatching(/\S/),
    details: expect.any(String),
  });
  const said = `${msg}\n${details}`;
  for (const part of refusal.says) {
    if (typeof part === "string") expect(said).toContain(part);
    else expect(said).toMatch(part);
  }
  expect(stdout).not.toMatch(stackTrace);
  expect(said).not.toMatch(/internal error|undefined|\[object/);
}

/** The call must fail so, and change nothing but what the patterns match. */
export async function refuse(
  node: FakeNode,
  call: BadCall,
  refusal: Refusal,
  ignore: readonly RegExp[] = [],
): Promise<void> {
  const before = await node.snapshot();
  expectRefusal(await node.plugin({ type: "bridge", command: "ADD", netns: "pod", ...call }), refusal);
  expect(diff(before, await node.snapshot(), { ignore })).toEqual([]);
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

/** A node with an empty container "pod", which all cases of a table share. */
export interface Subject {
  /** Undefined before the first test. */
  node(): FakeNode;
  /** The call must fail so and change nothing; a correct one must work afterwards. */
  refuses(call: BadCall, refusal: Refusal): Promise<void>;
}

/** To be called inside `describe`. */
export function sharedSubject(): Subject {
  jest.setTimeout(60_000);
  let shared: { node: FakeNode; before: Snapshot } | undefined;
  const get = () => {
    if (shared === undefined) throw new Error("The node is not started yet");
    return shared;
  };
  const workOnce = async (node: FakeNode) => {
    await expectToWork(node, fullNetwork());
    await node.run("sh", ["-ec", forget]);
  };
  beforeAll(async () => {
    const node = await FakeNode.start();
    await node.addNamespace("pod");
    await workOnce(node);
    shared = { node, before: await node.snapshot() };
  });
  afterAll(async () => {
    await shared?.node.stop();
  });
  return {
    node: () => get().node,
    refuses: async (call, refusal) => {
      const { node, before } = get();
      const ended = await node.plugin({ type: "bridge", command: "ADD", netns: "pod", ...call });
      expectRefusal(ended, refusal);
      expect(diff(before, await node.snapshot())).toEqual([]);
      await workOnce(node);
    },
  };
}
