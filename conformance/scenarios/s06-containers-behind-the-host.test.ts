/** S6: containers of a private subnet behind their host, as a home network behind its router. */
import { expect, test } from "@jest/globals";
import { fullNetwork, hostLocal, four } from "../kernel/network.ts";
import { type FakeNode, describeWith, nodesPerTest } from "../node/index.ts";
import type { OutsideHost } from "../node/outside-host.ts";
import { connect } from "./endpoint.ts";
import { expectScene } from "./scene.ts";
import { ask, answer } from "./service.ts";

const startNode = nodesPerTest();
const needs = {
  plugins: ["trestle", "bridge", "host-local"],
  commands: ["ping", "tcpdump", "nft", "busybox", "bash"],
};
const network = fullNetwork({ ipam: hostLocal(four) });

/** What a port mapping is made of. By hand: publishing ports is no task of the bridge plugin. */
async function publish(node: FakeNode, port: number, to: string): Promise<void> {
  const input = `table ip published {
    chain prerouting {
      type nat hook prerouting priority dstnat;
      iifname "uplink0" tcp dport ${port} dnat to ${to}
    }
  }`;
  await node.run("nft", ["-f", "-"], { input });
}

async function world(): Promise<{ node: FakeNode; outside: OutsideHost }> {
  const node = await startNode();
  return { node, outside: await node.addOutsideHost() };
}

describeWith(needs, "S6: containers behind the host", () => {
  test("the outside sees the host's address alone, and its answers come back", async () => {
    const { node, outside } = await world();
    const one = await connect(node, "one", network);
    await using cable = await node.capture("eth0", "icmp", { namespace: "outside" });
    await using inside = await node.capture("eth0", "icmp", { namespace: "one" });

    expect(await node.ping("one", outside.address)).toMatchObject({ received: 1 });

    await inside.waitFor(/ 10\.1\.0\.2 > 198\.51\.100\.2: ICMP echo request/);
    await inside.waitFor(/ 198\.51\.100\.2 > 10\.1\.0\.2: ICMP echo reply/);
    await cable.waitFor(/ 198\.51\.100\.1 > 198\.51\.100\.2: ICMP echo request/);
    const seen = await cable.stop();
    expect(seen.filter((line) => line.includes(one.address))).toEqual([]);
    await expectScene("s06", { hosts: { host: node } });
  });

  test("control: without the masquerade the outside sees the container's, and no answer finds back", async () => {
    const { node, outside } = await world();
    await connect(node, "one", { ...network, ipMasq: false });
    await using cable = await node.capture("eth0", "icmp", { namespace: "outside" });
    expect(await node.ping("one", outside.address)).toMatchObject({ received: 0 });
    await cable.waitFor(/ 10\.1\.0\.2 > 198\.51\.100\.2: ICMP echo request/);
  });

  test("a published port is reached from outside, another is not, and the container not by its own address", async () => {
    const { node, outside } = await world();
    const one = await connect(node, "one", network);
    await using _published = await answer(one, 80, "published");
    await using _other = await answer(one, 81, "not published");
    // Both are there.
    expect(await ask(node, null, one.address, 80)).toBe("published");
    expect(await ask(node, null, one.address, 81)).toBe("not published");

    await publish(node, 8080, `${one.address}:80`);

    expect(await ask(node, outside.name, outside.nodeAddress, 8080)).toBe("published");
    for (const port of [80, 81, 8081]) {
      expect(await ask(node, outside.name, outside.nodeAddress, port)).toBeUndefined();
    }
    expect(await node.ping(outside.name, one.address, { attempts: 1 })).toMatchObject({ received: 0 });
  });

  test("control: no port is reached that nobody published", async () => {
    const { node, outside } = await world();
    const one = await connect(node, "one", network);
    await using _service = await answer(one, 80, "published");
    expect(await ask(node, null, one.address, 80)).toBe("published");
    expect(await ask(node, outside.name, outside.nodeAddress, 8080)).toBeUndefined();
  });
});
