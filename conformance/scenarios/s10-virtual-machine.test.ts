/** S10 without VLANs: a virtual machine on the same bridge as a container. */
import { expect, test } from "@jest/globals";
import { bridgeNetwork } from "../kernel/network.ts";
import { describeWith, nodesPerTest } from "../node/index.ts";
import { connect, host } from "./endpoint.ts";
import { Guest, guestLack } from "./guest/guest.ts";
import { attachTap } from "./guest/tap.ts";
import { learned } from "./learned.ts";
import { expectScene } from "./scene.ts";
import { allPairs, nameOf, reached } from "./reach.ts";
import { addStranger } from "./stranger.ts";

const startNode = nodesPerTest();
const needs = {
  plugins: ["trestle", "bridge", "host-local", "tap"],
  commands: ["ping", "bridge", "qemu-system-x86_64"],
  lacking: guestLack,
};

describeWith(needs, "S10: a virtual machine beside a container", () => {
  test("guest, container and host reach each other, a stranger nobody", async () => {
    const node = await startNode();
    const one = await connect(node, "one", bridgeNetwork());
    const tap = await attachTap(node, "tap0", { ...bridgeNetwork(), type: "tap" });
    expect(tap.address).toBe("10.1.0.3/24");
    await using guest = await Guest.start(node, { ...tap, name: "guest", mac: "02:00:00:00:10:01" });
    await expectScene("s10-one-host", { hosts: { host: node } });
    const stranger = await addStranger(node, "10.1.0.9", 24);
    const pairs = allPairs([host(node, "10.1.0.1"), one, guest]);
    expect(await reached(pairs)).toEqual(pairs.map(nameOf));
    expect((await learned(node, "br0")).get(guest.mac)).toBe("tap0");
    const others = [guest, one].flatMap((to) => [
      { from: stranger, to },
      { from: to, to: stranger },
    ]);
    expect(await reached(others, 1)).toEqual([]);
  });
});
