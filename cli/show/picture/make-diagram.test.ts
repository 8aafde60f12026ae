import { describe, expect, test } from "@jest/globals";
import type { Bridge, Description, Interface } from "../description.ts";
import { container, sampleDescription, samplePort, tagged, untagged } from "../sample-description.ts";
import type { Station, Switch } from "./diagram.ts";
import { makeDiagram } from "./make-diagram.ts";

function changed(more: Partial<Description>): Description {
  return { ...sampleDescription, bridges: [], interfaces: [], children: [], masquerade: [], ...more };
}

function bridge(more: Partial<Bridge>): Bridge {
  const [first] = sampleDescription.bridges;
  if (first === undefined) throw new Error("the sample has no bridge");
  return { ...first, gateways: [], vlans: [], ports: [], ...more };
}

function only(description: Description): Switch {
  const [first] = makeDiagram(description).switches;
  if (first === undefined) throw new Error("no switch");
  return first;
}

/** "web-1 · eth0: 10" */
function said({ title, members }: Station): string {
  return `${title}: ${members.map(({ lane, isTagged }) => (isTagged ? `tagged ${lane}` : lane)).join(", ")}`;
}

function device(name: string, more: Partial<Interface> = {}): Interface {
  return { name, kind: "", mtu: 1500, state: "up", addresses: [], ...more };
}

test("a bridge with VLANs shows who is in which, and the way out last", () => {
  const { inner, outer } = only(sampleDescription);
  expect(inner.map(said)).toEqual([
    "web-1 · eth0: 10",
    "web-2 · eth0: 10",
    "db-1 · eth0: 20",
    "db-2 · eth0: 20",
    "vm-1: 20",
  ]);
  expect(outer.map(said)).toEqual(["br0.10: 10", "br0.20: 20", "eth1: tagged 10, tagged 20, tagged 30-39"]);
});

test("a bridge without VLANs is one, whatever VLANs its ports keep", () => {
  const ports = [container(1, { network: "n", containerId: "a", address: "10.0.0.2/24", vlan: 7 })];
  const { lanes, inner } = only(changed({ bridges: [bridge({ vlanFiltering: false, ports })] }));
  expect(lanes).toEqual([{ id: "all", label: "", vlans: [], tone: undefined }]);
  expect(inner.map(said)).toEqual(["a · eth0: all"]);
});

test("a bridge with a VLAN of a device on it is that VLAN, in its colour", () => {
  const lower = { name: "eth1", vlan: 10 };
  const uplink = samplePort(3, { name: "eth1.10", kind: "vlan", role: "subinterface", lower });
  const described = changed({
    bridges: [bridge({ vlanFiltering: false, ports: [uplink] }), ...sampleDescription.bridges],
  });
  const diagram = makeDiagram(described);
  const [first, second] = diagram.switches;
  expect(first?.lanes).toEqual([
    { id: "all", label: "10", vlans: [{ first: 10, last: 10 }], tone: second?.lanes[0]?.tone },
  ]);
  expect(first?.outer[0]).toMatchObject({
    title: "eth1.10",
    facts: ["VLAN 10 of eth1"],
    outside: { tags: "10", ownTag: 10, device: "eth1" },
  });
});

test("a container has its name, and its id where that is another", () => {
  const named = container(1, { network: "n", containerId: "a", address: "10.0.0.2/24" });
  const owner = { network: "n", containerId: "b".repeat(64), ifname: "eth0", pod: "default/web" };
  const { inner } = only(
    changed({ bridges: [bridge({ vlanFiltering: false, ports: [named, { ...named, owner }] })] }),
  );
  expect(inner.map(({ title, facts }) => [title, ...facts])).toEqual([
    ["a · eth0", "02:00:00:00:00:65 · n"],
    ["default/web · eth0", "id bbbbbbbbbbbb", "02:00:00:00:00:65 · n"],
  ]);
});

test("a long name does not cost its end, nor the interface's", () => {
  const named = container(1, { network: "n", containerId: "a", address: "10.0.0.2/24" });
  const owner = {
    network: "n",
    containerId: "b",
    ifname: "eth0",
    pod: "kube-system/coredns-5d78c9869d-abcde",
  };
  const ports = [{ ...named, owner }];
  expect(only(changed({ bridges: [bridge({ ports })] })).inner[0]?.title).toMatch(/^kube-.*-abcde · eth0$/);
});

test("an address on a container's port is told, because nobody hears by it", () => {
  const named = container(1, { network: "n", containerId: "a", address: "10.0.0.2/24" });
  const ports = [{ ...named, addresses: ["10.0.0.1/24"] }];
  expect(only(changed({ bridges: [bridge({ ports })] })).inner[0]?.notes).toEqual([
    "address on the port: 10.0.0.1/24",
  ]);
});

test("a gateway whose bridge is not in its VLAN is connected to nothing, and says why", () => {
  const [gateway] = sampleDescription.bridges[0]?.gateways ?? [];
  const gateways = gateway === undefined ? [] : [gateway];
  const ports = [samplePort(2, { vlans: [untagged(10)] })];
  const { outer } = only(changed({ bridges: [bridge({ gateways, ports, vlans: [tagged(20)] })] }));
  expect(outer).toMatchObject([
    { title: "br0.10", members: [], notes: ["the bridge itself is not in VLAN 10"] },
  ]);
});

describe("devices", () => {
  test("that containers and VLANs of the host are on have a lane for each VLAN", () => {
    const own = device("eth1.20", {
      kind: "vlan",
      lower: { name: "eth1", vlan: 20 },
      addresses: ["10.0.20.1/24"],
    });
    const endpoint = { namespace: "pod", interface: "eth0", addresses: [], state: "up" } as const;
    const children = [
      { kind: "vlan", lower: { name: "eth1", vlan: 10 }, endpoint },
      {
        kind: "macvlan",
        mode: "private",
        lower: { name: "eth1" },
        endpoint: { ...endpoint, interface: "eth1" },
      },
    ];
    const { kind, lanes, inner, outer } = only(changed({ interfaces: [device("eth1"), own], children }));
    expect({ kind, lanes: lanes.map(({ label }) => label) }).toEqual({
      kind: "device",
      lanes: ["untagged", "10", "20"],
    });
    expect(inner.map(said)).toEqual(["pod · eth0: 10", "pod · eth1: untagged"]);
    expect(inner.map(({ isIsolated }) => isIsolated)).toEqual([false, true]);
    expect(outer.map(said)).toEqual(["eth1.20: 20", "eth1: untagged, tagged 10, tagged 20"]);
    expect(outer.map(({ isRouted }) => isRouted)).toEqual([true, false]);
  });

  test("that nobody uses are left out", () => {
    const interfaces = [device("eth1", { state: "down" }), device("eth2", { state: "up" })];
    expect(only(changed({ interfaces })).outer.map(({ title }) => title)).toEqual(["eth2"]);
  });

  test("that bridges have VLANs of are left out, unless the host has an address on them", () => {
    const lower = { name: "eth1", vlan: 10 };
    const port = samplePort(3, { name: "eth1.10", kind: "vlan", role: "subinterface", lower });
    const bridges = [bridge({ vlanFiltering: false, ports: [port] })];
    const kinds = (more: Partial<Interface>) =>
      makeDiagram(changed({ bridges, interfaces: [device("eth1", more)] })).switches.map(({ kind }) => kind);
    expect(kinds({})).toEqual(["bridge"]);
    expect(kinds({ addresses: ["192.0.2.1/24"] })).toEqual(["bridge", "apart"]);
  });

  test("by which the host reaches the world say so", () => {
    const { masquerade } = sampleDescription;
    const interfaces = [device("eth0", { addresses: ["192.0.2.10/24"] })];
    expect(only(changed({ interfaces, masquerade })).outer[0]).toMatchObject({
      facts: ["default route by 192.0.2.1"],
      notes: ["masquerade of 2 addresses"],
      isRouted: true,
      outside: { tags: "", ownTag: undefined, device: "eth0" },
    });
  });
});

test("a bridge, and a gateway in a VLAN, by which the host reaches the world say so", () => {
  const [gateway] = sampleDescription.bridges[0]?.gateways ?? [];
  const gateways = gateway === undefined ? [] : [gateway];
  const defaultRoutes = ["br0", "br0.10"].map((name) => ({
    family: "ipv4" as const,
    interface: name,
    gateway: "192.0.2.1",
  }));
  const { outer } = only(changed({ bridges: [bridge({ gateways })], defaultRoutes }));
  expect(outer.map(({ facts }) => facts)).toEqual([
    ["the host, on the bridge", "default route by 192.0.2.1"],
    ["the host, in VLAN 10", "default route by 192.0.2.1"],
  ]);
});

test("a cable to a container is told from one that may lead to another host", () => {
  const endpoint = { namespace: "pod", interface: "eth0", addresses: ["10.0.0.2/24"] };
  const owner = { network: "n", containerId: "c1", ifname: "eth0" };
  const interfaces = [
    device("veth1", { kind: "veth", endpoint, owner }),
    device("eth0", { kind: "veth", endpoint }),
  ];
  const { kind, inner, outer } = only(changed({ interfaces }));
  expect(kind).toBe("apart");
  expect(inner).toMatchObject([{ title: "c1 · eth0", cable: "veth1" }]);
  expect(outer.map(({ title, outside }) => [title, outside !== undefined])).toEqual([
    ["veth1", false],
    ["eth0", true],
  ]);
});
