/** Uplinks that carry VLANs, and ADDs that fail on the way. */
import { expect, test } from "@jest/globals";
import { attach, detach } from "../../kernel/attachment.ts";
import { addWithFault } from "../../kernel/injected-fault.ts";
import type { Config } from "../../kernel/network.ts";
import { remainsAfterDel } from "../../kernel/remains.ts";
import { describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { nodeWithCable, one, subinterface, tagged, two } from "./uplink-world.ts";

const startNode = nodesPerTest();

/** Not each call: a failing ADD with its snapshot takes ten seconds here. The same steps without VLANs are all tried outside. */
const stride = 4;
const first = 8;

const worlds: [what: string, config: Config, neighbour: Config | undefined][] = [
  ["a trunk", tagged(10), undefined],
  ["a trunk beside another VLAN", tagged(10), tagged(20)],
  ["a sub-interface", subinterface(10), undefined],
];

describeWith({ plugins: ["bridge", "host-local"], commands: ["strace"] }, "an ADD that fails", () => {
  test.each(worlds)("with %s leaves all as before", async (_what, config, neighbour) => {
    const node = await nodeWithCable(startNode, "ip link set up0 alias lab");
    if (neighbour !== undefined) await attach(node, neighbour, two);
    const before = await node.snapshot();
    const wrong: string[] = [];
    let when = first;
    for (; when < 100; when += stride) {
      const ended = await addWithFault(node, config, { call: "sendto", error: "EIO", when });
      if (!ended.injected) break;
      if (ended.exitCode === 0) await detach(node, config, one);
      const left = diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0", "br10") });
      wrong.push(...left.map((line) => `${when}: ${line.slice(0, 200)}`));
    }
    expect(wrong).toEqual([]);
    expect(when).toBeGreaterThan(first + stride);
  });
});
