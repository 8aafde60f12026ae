/** A host with a bridge of VLANs, a trunk, a guest, a bridge behind masquerade, and a macvlan. For tests. */
import {
  descriptionVersion,
  type Bridge,
  type Description,
  type Interface,
  type Owner,
  type Port,
  type VlanRange,
} from "./description.ts";

function mac(number: number): string {
  return `02:00:00:00:00:${number.toString(16).padStart(2, "0")}`;
}

const basics = { mtu: 1500, state: "up", addresses: [] } as const;

export function untagged(id: number): VlanRange {
  return { first: id, last: id, pvid: true, untagged: true };
}

export function tagged(first: number, last = first): VlanRange {
  return { first, last, pvid: false, untagged: false };
}

export function samplePort(number: number, more: Partial<Port> = {}): Port {
  return {
    ...basics,
    name: `veth${String(number).padStart(11, "0")}`,
    mac: mac(number),
    kind: "veth",
    role: "other",
    isOurs: true,
    portState: "forwarding",
    hairpin: false,
    isolated: false,
    macGuard: false,
    vlans: [],
    learned: [],
    ...more,
  };
}

interface Container {
  readonly network: string;
  readonly containerId: string;
  readonly address: string;
  readonly vlan?: number;
}

function owner(network: string, containerId: string): Owner {
  return { network, containerId, ifname: "eth0" };
}

/** A container that the bridge has heard of. */
export function container(number: number, { network, containerId, address, vlan }: Container): Port {
  const own = mac(number + 100);
  return samplePort(number, {
    role: "container",
    owner: owner(network, containerId),
    endpoint: { namespace: containerId, interface: "eth0", mac: own, state: "up", addresses: [address] },
    vlans: vlan === undefined ? [] : [untagged(vlan)],
    learned: [{ mac: own, vlan }],
  });
}

const switchBridge: Bridge = {
  ...basics,
  name: "br0",
  mac: mac(1),
  stp: false,
  vlanFiltering: true,
  defaultVlan: 1,
  vlans: [untagged(1), tagged(10), tagged(20)],
  gateways: [10, 20].map((vlan) => ({
    ...basics,
    name: `br0.${vlan}`,
    mac: mac(1),
    addresses: [`10.${vlan}.0.1/24`],
    vlan,
    isOurs: true,
  })),
  ports: [
    container(2, { network: "ten", containerId: "web-1", address: "10.10.0.2/24", vlan: 10 }),
    container(3, { network: "twenty", containerId: "db-1", address: "10.20.0.2/24", vlan: 20 }),
    container(4, { network: "ten", containerId: "web-2", address: "10.10.0.3/24", vlan: 10 }),
    {
      ...container(5, { network: "twenty", containerId: "db-2", address: "10.20.0.3/24", vlan: 20 }),
      isolated: true,
    },
    samplePort(6, {
      name: "tap0",
      kind: "tun",
      role: "guest",
      owner: owner("twenty", "vm-1"),
      endpoint: { addresses: ["10.20.0.9/24"] },
      vlans: [untagged(20)],
      learned: [{ mac: "52:54:00:12:34:56", vlan: 20 }],
    }),
    samplePort(7, {
      name: "eth1",
      kind: "",
      role: "uplink",
      vlans: [tagged(10), tagged(20), tagged(30, 39)],
      learned: [10, 20].map((vlan) => ({ mac: mac(200 + vlan), vlan })),
    }),
  ],
};

const plainBridge: Bridge = {
  ...basics,
  name: "web0",
  mac: mac(20),
  addresses: ["10.30.0.1/24", "fd30::1/64"],
  stp: false,
  vlanFiltering: false,
  defaultVlan: 1,
  vlans: [untagged(1)],
  gateways: [],
  ports: [21, 22].map((number) =>
    container(number, {
      network: "web",
      containerId: `front-${number - 20}`,
      address: `10.30.0.${number - 19}/24`,
    }),
  ),
};

const device: Interface = { ...basics, name: "eth0", mac: mac(40), kind: "", addresses: ["192.0.2.10/24"] };

export const sampleDescription: Description = {
  version: descriptionVersion,
  host: "node-1",
  forwarding: { ipv4: true, ipv6: false },
  networks: [
    {
      name: "ten",
      bridges: ["br0"],
      masters: [],
      vlans: [{ first: 10, last: 10 }],
      attachments: 2,
      leases: 0,
    },
    {
      name: "twenty",
      bridges: ["br0"],
      masters: [],
      vlans: [{ first: 20, last: 20 }],
      attachments: 3,
      leases: 0,
    },
    { name: "web", bridges: ["web0"], masters: [], vlans: [], attachments: 2, leases: 2 },
  ],
  bridges: [switchBridge, plainBridge],
  interfaces: [device],
  children: [
    {
      kind: "macvlan",
      lower: { name: "eth0" },
      mode: "bridge",
      endpoint: {
        namespace: "probe",
        interface: "eth0",
        mac: mac(50),
        state: "up",
        addresses: ["192.0.2.50/24"],
      },
    },
  ],
  defaultRoutes: [{ family: "ipv4", interface: "eth0", gateway: "192.0.2.1" }],
  leases: [
    { network: "web", address: "10.30.0.2", containerId: "front-1", ifname: "eth0", isUsed: true },
    { network: "web", address: "10.30.0.77", containerId: "gone", ifname: "eth0", isUsed: false },
  ],
  masquerade: [1, 2].map((number) => ({
    address: `10.30.0.${number + 1}`,
    interface: "web0",
    direct: ["10.30.0.0/24"],
    owner: owner("web", `front-${number}`),
    isUsed: true,
  })),
  unreadable: [],
};
