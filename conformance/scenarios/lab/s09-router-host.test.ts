/** S9: out through a third host that routes between the VLANs and hides them behind its own address. */
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest } from "../../node/index.ts";
import type { OutsideHost } from "../../node/outside-host.ts";
import { plugIn, uplink } from "../cable.ts";
import { type Container, connect, place } from "../endpoint.ts";
import { expectScene } from "../scene.ts";
import { reached } from "../reach.ts";
import { leasing, vlanNetwork } from "../vlan-network.ts";

const startNode = nodesPerTest();
const needs = {
  plugins: ["trestle", "bridge", "host-local"],
  commands: ["ping", "tcpdump", "nft", "bridge"],
};

/** VLAN n has 10.n.0.0/24, with the router as gateway. */
function network(vlan: number) {
  const gateway = `10.${vlan}.0.1`;
  const routes = [{ dst: "0.0.0.0/0", gw: gateway }];
  return vlanNetwork(vlan, "trunk", {
    ipam: leasing({ subnet: `10.${vlan}.0.0/24`, first: 10 }, { routes }),
  });
}

/** By hand, because the router is no host of containers: it could be any machine. */
const routing = `
for vlan in 10 20; do
  ip link add link ${uplink} name ${uplink}.$vlan type vlan id $vlan
  ip addr add 10.$vlan.0.1/24 dev ${uplink}.$vlan
  ip link set ${uplink}.$vlan up
done
echo 1 > /proc/sys/net/ipv4/ip_forward
nft -f - << 'END'
table ip router {
  chain out {
    type nat hook postrouting priority srcnat;
    oifname "uplink0" masquerade
  }
}
END
`;

interface World {
  readonly router: FakeNode;
  readonly outside: OutsideHost;
  readonly ten: Container;
  readonly twenty: Container;
}

async function world(): Promise<World> {
  const [first, second, router] = [await startNode(), await startNode(), await startNode()];
  await plugIn([first, second, router], await startNode());
  const outside = await router.addOutsideHost();
  await router.run("sh", ["-ec", routing]);
  const ten = await connect(first, "ten", network(10));
  const twenty = await connect(second, "twenty", network(20));
  return { router, outside, ten, twenty };
}

describeWith(needs, "S9: out through a router host", () => {
  test("a container reaches the outside, the other VLAN's gateway and its container; without the router nobody", async () => {
    const { router, outside, ten, twenty } = await world();
    const far = place(router, { netns: outside.name, name: "outside", address: outside.address });
    const gateway = place(router, { netns: null, name: "gateway of 20", address: "10.20.0.1" });
    const pairs = [
      { from: ten, to: far },
      { from: ten, to: gateway },
      { from: ten, to: twenty },
      { from: twenty, to: ten },
      { from: far, to: ten },
    ];
    const all = ["ten > outside", "ten > gateway of 20", "ten > twenty", "twenty > ten"];
    expect(await reached(pairs)).toEqual(all);
    await expectScene("s09", {
      hosts: { host1: ten.node, host2: twenty.node, router },
      cables: [`host1/${uplink}=router/${uplink}`, `host2/${uplink}=router/${uplink}`],
    });
    await router.run("ip", ["link", "set", uplink, "down"]);
    expect(await reached(pairs, 1)).toEqual([]);
    await router.run("ip", ["link", "set", uplink, "up"]);
    expect(await reached(pairs)).toEqual(all);
  });

  test("on the trunk each VLAN has its tag on both ways, and the outside sees the router's address alone", async () => {
    const { router, outside, ten, twenty } = await world();
    await using trunk = await router.capture(uplink, "icmp or (vlan and icmp)", { packets: 200 });
    await using cable = await router.capture("eth0", "icmp", { namespace: outside.name });
    expect(await ten.ping(outside.address)).toBe(true);
    expect(await ten.ping(twenty.address)).toBe(true);
    await trunk.waitFor(/ vlan 10, .* 10\.10\.0\.10 > 10\.20\.0\.10: ICMP echo request/);
    await trunk.waitFor(/ vlan 20, .* 10\.10\.0\.10 > 10\.20\.0\.10: ICMP echo request/);
    await trunk.waitFor(/ vlan 10, .* 10\.20\.0\.10 > 10\.10\.0\.10: ICMP echo reply/);
    await cable.waitFor(/ 198\.51\.100\.1 > 198\.51\.100\.2: ICMP echo request/);
    expect((await cable.stop()).filter((line) => line.includes("10.10.0."))).toEqual([]);
  });
});
