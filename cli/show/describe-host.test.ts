import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { parseAddress } from "../../inet/address.ts";
import { everything, parsePrefix } from "../../inet/prefix.ts";
import { linkFlags, operationalStates, type Link } from "../../netlink/route/link.ts";
import { describeHost } from "./describe-host.ts";
import type { Description, PortRole } from "./description.ts";
import { nothingFound, type Findings, type NamespaceFindings } from "./findings.ts";
import { address, bridge, link, port, sampleMac, vlanLink } from "./sample-findings.ts";

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

function described(found: Partial<Findings>): Description {
  return describeHost({ ...nothingFound, ...found }, digest);
}

function portsOf(found: Partial<Findings>) {
  return described(found).bridges.flatMap(({ ports }) => ports);
}

const hostEnd = "veth0123456789a";
const toContainer = { kind: "veth", master: 1, link: 2, linkNamespaceId: 0 };

const pod: NamespaceFindings = {
  paths: ["/run/netns/pod"],
  id: 0,
  hostId: 5,
  links: [link(2, "eth0", { linkInfo: { kind: "veth" }, link: 3, linkNamespaceId: 5 })],
  addresses: [address(2, "10.1.0.2/24"), address(2, "fe80::2/64", 253)],
};

const attachment = {
  network: "net",
  containerId: "c1",
  ifname: "eth0",
  netns: "/var/run/netns/pod",
  args: [
    ["K8S_POD_NAMESPACE", "default"],
    ["K8S_POD_NAME", "web"],
  ],
  capabilities: undefined,
  result: undefined,
} as const;

const owner = { network: "net", containerId: "c1", ifname: "eth0" };

describe("a container's port", () => {
  const found = {
    links: [bridge(1, "br0"), port(3, hostEnd, { ...toContainer, alias: "net c1 eth0", isolated: true })],
    namespaces: [pod],
  };

  test("is told with its other end and its owner", () => {
    expect(portsOf(found)).toMatchObject([
      {
        name: hostEnd,
        role: "container",
        isOurs: true,
        portState: "forwarding",
        isolated: true,
        hairpin: false,
        owner,
        endpoint: {
          namespace: "pod",
          interface: "eth0",
          mac: "02:00:00:00:00:02",
          addresses: ["10.1.0.2/24"],
        },
      },
    ]);
  });

  test("has its pod's name where a runtime remembers it", () => {
    const [only] = portsOf({ ...found, attachments: [attachment] });
    expect(only?.owner).toEqual({ ...owner, pod: "default/web" });
  });

  test("has the whole id that its alias has shortened", () => {
    const containerId = "c".repeat(70);
    const alias = `net ${"c".repeat(40)}~${digest(containerId).slice(0, 16)} eth0`;
    const links = [bridge(1, "br0"), port(3, hostEnd, { ...toContainer, alias })];
    expect(portsOf({ links })[0]?.owner?.containerId).toContain("~");
    const [known] = portsOf({ links, attachments: [{ ...attachment, containerId }] });
    expect(known?.owner?.containerId).toBe(containerId);
    const leases = [{ network: "net", containerId, ifname: "eth0", address: parseAddress("10.1.0.2") }];
    expect(portsOf({ links, leases })[0]?.owner?.containerId).toBe(containerId);
  });

  test("made by another plugin is found by the namespace and interface that a runtime remembers", () => {
    const links = [bridge(1, "br0"), port(3, "veth1234abcd", { ...toContainer, alias: "net c1 eth0" })];
    expect(portsOf({ links, namespaces: [pod] })[0]).toMatchObject({ isOurs: false });
    expect(portsOf({ links, namespaces: [pod] })[0]?.owner).toBeUndefined();
    expect(portsOf({ links, namespaces: [pod], attachments: [attachment] })[0]).toMatchObject({
      isOurs: false,
      owner,
    });
  });

  test("whose namespace cannot be read has what was leased to it", () => {
    const leases = [{ network: "net", containerId: "c1", ifname: "eth0", address: parseAddress("10.1.0.2") }];
    expect(portsOf({ ...found, namespaces: [], leases })[0]?.endpoint).toEqual({
      interface: "eth0",
      addresses: ["10.1.0.2"],
    });
  });
});

test.each<[PortRole, string, Partial<Link> & { kind?: string }]>([
  ["uplink", "eth1", {}],
  ["uplink", "a bond", { kind: "bond" }],
  ["uplink", "a tunnel", { kind: "vxlan" }],
  ["uplink", "what is marked, whatever it is", { ...toContainer, alias: "trestle uplink of br0" }],
  ["guest", "a tap", { kind: "tun" }],
  ["container", "an end of a pair that leads elsewhere", toContainer],
  ["container", "one whose mark is not quite one", { ...toContainer, alias: "trestle uplink of br0 " }],
  ["host", "an end of a pair that leads to the host", { kind: "veth", link: 8 }],
  ["other", "an end of a pair that leads to another bridge", { kind: "veth", link: 9 }],
  ["other", "what cannot lead anywhere", { kind: "dummy" }],
])("role %s: %s", (role, _what, { kind, ...more }) => {
  const links = [
    bridge(1, "br0"),
    port(3, "port", { kind, ...more, master: 1 }),
    link(8, "peer", { linkInfo: { kind: "veth" }, link: 3 }),
    link(9, "peer2", { linkInfo: { kind: "veth" }, link: 3, master: 7 }),
  ];
  expect(portsOf({ links }).map((each) => each.role)).toEqual([role]);
});

test("a sub-interface is told with the link below and its VLAN, and is no interface beside the bridge", () => {
  const links = [
    bridge(1, "br10"),
    link(2, "eth1"),
    { ...vlanLink(3, "eth1.10", { id: 10, lower: 2 }), master: 1, alias: "trestle subinterface of br10" },
  ];
  const { bridges, interfaces } = described({ links });
  expect(bridges[0]?.ports).toMatchObject([
    { name: "eth1.10", role: "subinterface", isOurs: true, lower: { name: "eth1", vlan: 10 } },
  ]);
  expect(interfaces.map(({ name }) => name)).toEqual(["eth1"]);
});

test("a bridge is told with its VLANs and the host's interfaces in them", () => {
  const isPvid = true;
  const vlans = new Map([
    [
      1,
      [
        { first: 1, last: 1, isPvid, isUntagged: true },
        { first: 10, last: 19, isPvid: false, isUntagged: false },
      ],
    ],
    [3, [{ first: 10, last: 10, isPvid, isUntagged: true }]],
  ]);
  const gateway = { ...vlanLink(4, "br0.10", { id: 10, lower: 1 }), alias: "trestle gateway of br0" };
  const links = [bridge(1, "br0", { isFiltering: true }), port(3, hostEnd, toContainer), gateway];
  const learned = [
    { mac: sampleMac(2), port: 3, bridge: 1, vlan: 10, isLearned: true },
    { mac: sampleMac(3), port: 3, bridge: 1, vlan: 10, isLearned: false },
  ];
  expect(described({ links, vlans, learned, addresses: [address(4, "10.10.0.1/24")] })).toMatchObject({
    bridges: [
      {
        vlanFiltering: true,
        defaultVlan: 1,
        vlans: [
          { first: 1, last: 1, pvid: true, untagged: true },
          { first: 10, last: 19, pvid: false, untagged: false },
        ],
        gateways: [{ name: "br0.10", vlan: 10, isOurs: true, addresses: ["10.10.0.1/24"] }],
        ports: [
          {
            vlans: [{ first: 10, last: 10, pvid: true, untagged: true }],
            learned: [{ mac: "02:00:00:00:00:02", vlan: 10 }],
          },
        ],
      },
    ],
    interfaces: [],
  });
});

test("children in containers are told with the interface of the host that they are on", () => {
  const child = link(6, "eth0", { linkInfo: { kind: "ipvlan" }, link: 2, linkNamespaceId: 5 });
  const nested = link(7, "inner", { linkInfo: { kind: "ipvlan" }, link: 6 });
  const namespaces = [{ ...pod, links: [child, nested], addresses: [address(6, "192.0.2.9/24")] }];
  expect(
    described({ links: [link(2, "eth1")], namespaces, attachments: [attachment] }).children,
  ).toMatchObject([
    {
      kind: "ipvlan",
      lower: { name: "eth1" },
      endpoint: { namespace: "pod", addresses: ["192.0.2.9/24"] },
      owner,
    },
  ]);
});

describe("whose a child is", () => {
  const child = (kind: string) =>
    link(6, "eth0", { linkInfo: { kind }, alias: "net c2 eth0", link: 2, linkNamespaceId: 5 });
  const ownerOf = (kind: string, more: Partial<Findings> = {}) => {
    const namespaces = [{ ...pod, links: [child(kind)], addresses: [] }];
    return described({ links: [link(2, "eth1")], namespaces, ...more }).children[0]?.owner;
  };

  test.each(["macvlan", "vlan"])("says the alias that its plugin gave it: %s", (kind) => {
    expect(ownerOf(kind)).toEqual({ ...owner, containerId: "c2" });
  });

  test("says the runtime rather than the alias, which the container may have changed", () => {
    expect(ownerOf("macvlan", { attachments: [attachment] })).toEqual({ ...owner, pod: "default/web" });
  });

  test("says no alias of a link that no plugin of ours makes", () => {
    expect(ownerOf("ipvlan")).toBeUndefined();
  });
});

describe("leases and masquerade", () => {
  const links = [bridge(1, "br0"), port(3, hostEnd, { ...toContainer, alias: "net c1 eth0" })];
  const lease = { network: "net", containerId: "c1", ifname: "eth0", address: parseAddress("10.1.0.2") };
  const masquerade = {
    ownerLabel: "net c1 eth0",
    interfaceName: "br0",
    address: parseAddress("10.1.0.2"),
    masqueraded: true,
    direct: [parsePrefix("10.1.0.0/24")],
  };

  test("of a container that is there are used", () => {
    expect(described({ links, leases: [lease], masquerade: [masquerade] })).toMatchObject({
      leases: [{ address: "10.1.0.2", isUsed: true }],
      masquerade: [{ address: "10.1.0.2", interface: "br0", direct: ["10.1.0.0/24"], owner, isUsed: true }],
    });
  });

  test("of nobody are told as leftovers", () => {
    const found = {
      leases: [{ ...lease, ifname: "eth1" }],
      masquerade: [{ ...masquerade, ownerLabel: "net c2 eth0" }],
    };
    expect(described({ links, ...found })).toMatchObject({
      leases: [{ isUsed: false }],
      masquerade: [{ owner: { containerId: "c2" }, isUsed: false }],
    });
  });

  test("are used where an interface has the address, whoever made it", () => {
    const other = [bridge(1, "br0"), port(3, "veth1234", toContainer)];
    const found = { leases: [lease], masquerade: [{ ...masquerade, ownerLabel: "" }], namespaces: [pod] };
    expect(described({ links: other, ...found })).toMatchObject({
      leases: [{ isUsed: true }],
      masquerade: [{ isUsed: true }],
    });
  });

  test("are used where a container has the interface, though it leads nowhere", () => {
    const tap = link(9, "eth0", { linkInfo: { kind: "tun" }, alias: "net c1 eth0" });
    const inside = { ...pod, addresses: [] };
    expect(described({ leases: [lease], namespaces: [{ ...inside, links: [tap] }] }).leases[0]?.isUsed).toBe(
      true,
    );
    const nameless = link(9, "eth0", { linkInfo: { kind: "tun" } });
    const known = { leases: [lease], namespaces: [{ ...inside, links: [nameless] }] };
    expect(described(known).leases[0]?.isUsed).toBe(false);
    expect(described({ ...known, attachments: [attachment] }).leases[0]?.isUsed).toBe(true);
  });

  test("a very old lease is its container's, whatever the interface", () => {
    expect(described({ links, leases: [{ ...lease, ifname: undefined }] }).leases).toEqual([
      { network: "net", address: "10.1.0.2", containerId: "c1", isUsed: true },
    ]);
  });
});

test.each([
  ["up", linkFlags.up, operationalStates.up],
  ["up", linkFlags.up, operationalStates.unknown],
  ["no-carrier", linkFlags.up, operationalStates.down],
  ["no-carrier", linkFlags.up, operationalStates.lowerLayerDown],
  ["dormant", linkFlags.up, operationalStates.dormant],
  ["down", 0, operationalStates.down],
])("an interface is %s with flags %d in state %d", (state, flags, operationalState) => {
  expect(described({ links: [link(2, "eth0", { flags, operationalState })] }).interfaces[0]?.state).toBe(
    state,
  );
});

test("default routes are those of the main table", () => {
  const route = {
    destination: everything(4),
    gateway: parseAddress("192.0.2.1"),
    interfaceIndex: 2,
    table: 254,
  };
  const routes = [route, { ...route, table: 100 }, { ...route, destination: parsePrefix("10.0.0.0/8") }];
  expect(described({ links: [link(2, "eth0")], routes }).defaultRoutes).toEqual([
    { family: "ipv4", interface: "eth0", gateway: "192.0.2.1" },
  ]);
});
