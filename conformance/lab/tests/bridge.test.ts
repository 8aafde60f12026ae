/** The executable on the lab's kernel. */
import { expect, test } from "@jest/globals";
import { describeWith, nodesPerTest } from "../../node/index.ts";
import { attach, detach, expectHealthy } from "../../kernel/attachment.ts";
import { fullNetwork } from "../../kernel/network.ts";
import { leases, link } from "../../node/state.ts";

const startNode = nodesPerTest();

describeWith({ plugins: ["bridge", "host-local"], commands: ["ping"] }, "bridge in the lab", () => {
  test("ADD, CHECK and DEL of two containers that reach each other and the outside", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    const config = fullNetwork();
    for (const name of ["one", "two"]) {
      await node.addNamespace(name);
      const whose = { netns: name, containerId: name };
      await expectHealthy(node, config, await attach(node, config, whose), whose);
    }
    expect(await node.ping("one", "10.1.0.3")).toMatchObject({ received: 1 });
    expect(await node.ping("two", outside.address)).toMatchObject({ received: 1 });

    const { link_index: hostEnd } = await link(node, "two", "eth0");
    expect(await leases(node)).toEqual(["10.1.0.2", "10.1.0.3", "fd00:1::2", "fd00:1::3"]);
    await detach(node, config, { netns: "two", containerId: "two" });
    expect(await leases(node)).toEqual(["10.1.0.2", "fd00:1::2"]);
    const { stdout } = await node.run("ip", ["-o", "link"]);
    expect(stdout).not.toMatch(new RegExp(`^${hostEnd}:`, "m"));
    expect(await node.ping("one", outside.address)).toMatchObject({ received: 1 });
  });
});
