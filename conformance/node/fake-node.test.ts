import { expect, test } from "@jest/globals";
import { diff, nodesPerTest, referenceFolder } from "./index.ts";

const startNode = nodesPerTest();

const bridge = {
  cniVersion: "1.0.0",
  name: "net",
  type: "bridge",
  bridge: "br0",
  isGateway: true,
  ipMasq: true,
  ipam: { type: "host-local", ranges: [[{ subnet: "10.1.0.0/24" }]], routes: [{ dst: "0.0.0.0/0" }] },
};

test("plugin() gives a container its network, and the snapshot shows all of it", async () => {
  const node = await startNode();
  await node.addNamespace("one");
  const before = await node.snapshot();
  const added = await node.plugin({
    type: "bridge",
    command: "ADD",
    config: bridge,
    netns: "one",
    folder: referenceFolder,
  });
  expect(added).toMatchObject({ exitCode: 0, json: { ips: [{ address: "10.1.0.2/24" }] } });
  expect(diff(before, await node.snapshot())).toContainEqual(expect.stringMatching(/^\+ network \/ links \/ br0: /));
  expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
});
