import { expect, test } from "@jest/globals";
import { describeNetworks } from "./describe-networks.ts";
import type { Child, Interface, Lease } from "./description.ts";
import { sampleDescription, samplePort, tagged, untagged } from "./sample-description.ts";

const nothing = { bridges: [], interfaces: [], children: [], leases: [] };
const eth0 = { network: "net", containerId: "c1", ifname: "eth0" };
const eth1 = { ...eth0, ifname: "eth1" };
const lease: Lease = { ...eth0, address: "10.1.0.2", isUsed: true };

const child: Child = {
  kind: "vlan",
  lower: { name: "up0", vlan: 7 },
  endpoint: { addresses: [] },
  owner: eth0,
};

const cable: Interface = { name: "v1", kind: "veth", mtu: 1500, state: "up", addresses: [], owner: eth0 };

const net = { name: "net", bridges: [], masters: [], vlans: [], attachments: 1, leases: 0 };

test("describeNetworks() tells those of the sample", () => {
  expect(describeNetworks(sampleDescription)).toEqual(sampleDescription.networks);
});

test.each([
  [
    "an interface on one of the host's",
    { children: [child] },
    { masters: ["up0"], vlans: [{ first: 7, last: 7 }] },
  ],
  ["a cable to the host", { interfaces: [cable] }, {}],
  ["a lease whose address somebody has", { leases: [lease] }, { leases: 1 }],
  ["a lease of nobody", { leases: [{ ...lease, isUsed: false }] }, { attachments: 0, leases: 1 }],
  [
    "two leases of one attachment",
    { interfaces: [cable], leases: [lease, { ...lease, address: "fd00::2" }] },
    { leases: 2 },
  ],
  [
    "two interfaces of one container",
    { children: [child], interfaces: [{ ...cable, owner: eth1 }] },
    { masters: ["up0"], vlans: [{ first: 7, last: 7 }], attachments: 2 },
  ],
])("a network is known by %s", (_what, found, expected) => {
  expect(describeNetworks({ ...nothing, ...found })).toEqual([{ ...net, ...expected }]);
});

test("a network is known by an interface that is on nothing of the host", () => {
  expect(describeNetworks(nothing, [eth0])).toEqual([net]);
});

test("VLANs of a network are those that its attachments send in, over all bridges", () => {
  const [bridge] = sampleDescription.bridges;
  if (bridge === undefined) throw new Error("the sample has no bridge");
  const leaving = { first: 1, last: 1, pvid: false, untagged: true };
  const ports = [
    samplePort(1, { owner: eth0, vlans: [leaving, untagged(10), tagged(11, 12)] }),
    samplePort(2, { owner: eth1, vlans: [untagged(20)] }),
  ];
  const lower = { name: "up0", vlan: 30 };
  const plain = [
    samplePort(3, { owner: { ...eth0, containerId: "c2" }, vlans: [untagged(1)] }),
    samplePort(4, { role: "subinterface", lower }),
  ];
  const bridges = [
    { ...bridge, ports },
    { ...bridge, name: "br30", vlanFiltering: false, ports: plain },
  ];
  expect(describeNetworks({ ...nothing, bridges })).toEqual([
    {
      ...net,
      bridges: ["br0", "br30"],
      vlans: [
        { first: 10, last: 12 },
        { first: 20, last: 20 },
        { first: 30, last: 30 },
      ],
      attachments: 3,
    },
  ]);
});
