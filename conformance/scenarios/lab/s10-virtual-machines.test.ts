/** S10: virtual machines on the same switches as containers, in their VLANs. */
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { FakeNode, describeWith } from "../../node/index.ts";
import { patience } from "../../node/patience.ts";
import { layCable, uplink } from "../cable.ts";
import { type Container, connect } from "../endpoint.ts";
import { Guest, guestLack } from "../guest/guest.ts";
import { type Pair, nameOf, reached } from "../reach.ts";
import { expectScene } from "../scene.ts";
import { leasing, vlanNetwork } from "../vlan-network.ts";
import { attachTap } from "../guest/tap.ts";

const needs = {
  plugins: ["trestle", "bridge", "host-local", "tap"],
  commands: ["ping", "tcpdump", "bridge", "qemu-system-x86_64"],
  lacking: guestLack,
};
const subnet = "10.6.0.0/24";
const macs = { ten: "02:00:00:00:10:01", twenty: "02:00:00:00:20:01" };

/** Both guests have it as well, each in its VLAN. */
const sharedAddress = "10.6.0.99";

interface World {
  readonly a: FakeNode;
  readonly b: FakeNode;
  /** By VLAN: a container on each host, and the guest, which is on host a in VLAN 10 and on host b in VLAN 20. */
  readonly ten: readonly [Container, Container];
  readonly twenty: readonly [Container, Container];
  readonly guestOfTen: Guest;
  readonly guestOfTwenty: Guest;
}

function network(vlan: number, first: number) {
  return vlanNetwork(vlan, "trunk", { ipam: leasing({ subnet, first, count: 2 }) });
}

async function build(): Promise<World> {
  const [a, b] = [await FakeNode.start(), await FakeNode.start()];
  await layCable({ one: { node: a, name: uplink }, other: { node: b, name: uplink } });
  const ten = [await connect(a, "10-a", network(10, 10)), await connect(b, "10-b", network(10, 12))] as const;
  const twenty = [
    await connect(a, "20-a", network(20, 20)),
    await connect(b, "20-b", network(20, 22)),
  ] as const;
  const tapOfTen = await attachTap(a, "tap10", { ...network(10, 10), type: "tap" });
  const tapOfTwenty = await attachTap(b, "tap20", { ...network(20, 22), type: "tap" });
  const [guestOfTen, guestOfTwenty] = await Promise.all([
    Guest.start(a, { ...tapOfTen, name: "guest of 10", mac: macs.ten }),
    Guest.start(b, { ...tapOfTwenty, name: "guest of 20", mac: macs.twenty }),
  ]);
  return { a, b, ten, twenty, guestOfTen, guestOfTwenty };
}

/** The MAC address that a container has found behind an address. */
async function foundBehind({ node, netns }: Container, address: string): Promise<string | undefined> {
  const { stdout } = await node.inNamespace(netns, "ip", ["-j", "neigh", "show", address]);
  const neighbours: readonly { readonly lladdr?: string }[] = JSON.parse(stdout);
  return neighbours[0]?.lladdr;
}

describeWith(needs, "S10: virtual machines on the same switch", () => {
  jest.setTimeout(60_000 * patience);
  let world: World;
  beforeAll(async () => {
    world = await build();
  });
  afterAll(async () => {
    await Promise.all([world.a.stop(), world.b.stop()]);
  });

  test("a guest reaches the containers of its VLAN on both hosts, and none of the other", async () => {
    const { ten, twenty, guestOfTen, guestOfTwenty } = world;
    const fromGuests = [
      ...ten.map((to): Pair => ({ from: guestOfTen, to })),
      ...twenty.map((to): Pair => ({ from: guestOfTwenty, to })),
    ];
    const toGuests = fromGuests.map(({ from, to }): Pair => ({ from: to, to: from }));
    const others = [
      ...[...twenty, guestOfTwenty].map((to): Pair => ({ from: guestOfTen, to })),
      ...[...ten, guestOfTen].map((to): Pair => ({ from: guestOfTwenty, to })),
      ...twenty.map((from): Pair => ({ from, to: guestOfTen })),
      ...ten.map((from): Pair => ({ from, to: guestOfTwenty })),
    ];
    // One after the other, because a guest in the lab is slow.
    expect(await reached(fromGuests)).toEqual(fromGuests.map(nameOf));
    expect(await reached(toGuests)).toEqual(toGuests.map(nameOf));
    expect(await reached(others, 1)).toEqual([]);
    await expectScene("s10-two-hosts", {
      hosts: { host1: world.a, host2: world.b },
      cables: [`host1/${uplink}=host2/${uplink}`],
    });
  });

  test("a guest's frames have its VLAN's tag on the trunk, and none on its tap", async () => {
    const { a, b, ten, guestOfTen } = world;
    await using trunk = await b.capture(uplink, "", { isIncoming: true, packets: 500 });
    await using tap = await a.capture("tap10", "");
    expect(await guestOfTen.ping(ten[1].address)).toBe(true);
    await trunk.waitFor(new RegExp(`^${macs.ten} > .* vlan 10, .*: ICMP echo request`));
    await tap.waitFor(new RegExp(`^${macs.ten} > .*: ICMP echo request`));
    const sent = (await trunk.stop()).filter((line) => line.startsWith(macs.ten));
    expect(sent.filter((line) => !line.includes(" vlan 10, "))).toEqual([]);
    expect((await tap.stop()).filter((line) => line.includes(" vlan "))).toEqual([]);
  });

  test("the same address in two VLANs is each one's own", async () => {
    const { ten, twenty, guestOfTen, guestOfTwenty } = world;
    await Promise.all(
      [guestOfTen, guestOfTwenty].map(async (guest) =>
        guest.must(`ip addr add ${sharedAddress}/24 dev eth0`),
      ),
    );
    for (const container of [...ten, ...twenty]) expect(await container.ping(sharedAddress)).toBe(true);
    for (const container of ten) expect(await foundBehind(container, sharedAddress)).toBe(macs.ten);
    for (const container of twenty) expect(await foundBehind(container, sharedAddress)).toBe(macs.twenty);
  });
});
