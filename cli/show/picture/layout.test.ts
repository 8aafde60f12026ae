import { describe, expect, test } from "@jest/globals";
import type { Description, Interface } from "../description.ts";
import { container, sampleDescription } from "../sample-description.ts";
import { vlanTones } from "../vlan-tones.ts";
import { cableGroups, readCable } from "./cables.ts";
import { layOut } from "./layout.ts";
import { makeDiagram } from "./make-diagram.ts";
import type { Box, Picture, PlacedSwitch, Wire } from "./placed.ts";

/** 60 containers in 20 VLANs. */
function crowded(): Description {
  const [first] = sampleDescription.bridges;
  const ports = Array.from({ length: 60 }, (_, at) =>
    container(at + 1, {
      network: "n",
      containerId: `c${at}`.repeat(1 + (at % 9)),
      address: `10.0.0.${at + 2}/24`,
      vlan: 10 + (at % 20),
    }),
  );
  const trunk = first?.ports.filter(({ role }) => role === "uplink") ?? [];
  return {
    ...sampleDescription,
    bridges: first === undefined ? [] : [{ ...first, ports: [...ports, ...trunk] }],
  };
}

/** Containers with many addresses on cables of their own to hosts with few. */
function cabled(): Description {
  const { interfaces } = sampleDescription;
  const cables = [1, 2, 3].map((number): Interface => ({
    name: `veth${number}`,
    kind: "veth",
    mtu: 1500,
    state: "up",
    addresses: number === 3 ? ["10.0.0.1/32", "10.0.1.1/32", "10.0.2.1/32", "10.0.3.1/32"] : [],
    owner: { network: "n", containerId: `c${number}`, ifname: "eth0" },
    endpoint: {
      interface: "eth0",
      addresses: Array.from({ length: 4 - number }, (_, at) => `10.0.${at}.2/24`),
    },
  }));
  return { ...sampleDescription, bridges: [], children: [], interfaces: [...cables, ...interfaces] };
}

function laidOut(hosts: readonly Description[], ...cables: readonly string[]): Picture {
  const tones = vlanTones(hosts);
  const diagrams = hosts.map((host) => makeDiagram(host, tones));
  const read = cables.flatMap((text) => {
    const cable = readCable(text);
    return cable === undefined ? [] : [cable];
  });
  return layOut(diagrams, { cables: cableGroups(read, diagrams), tones });
}

const second = { ...crowded(), host: "node-2" };
const empty = { ...sampleDescription, bridges: [], interfaces: [], children: [] };

const pictures: [string, Picture][] = [
  ["the sample", laidOut([sampleDescription])],
  ["two hosts", laidOut([sampleDescription, second])],
  [
    "two hosts and two cables",
    laidOut([sampleDescription, second], "node-1/eth1=node-2/eth1", "node-1/eth0=node-2/eth0"),
  ],
  ["a crowd", laidOut([crowded()])],
  ["cables", laidOut([cabled()])],
  ["nothing", laidOut([empty])],
];

function overlap(one: Box, other: Box): boolean {
  const apart =
    one.x + one.width <= other.x ||
    other.x + other.width <= one.x ||
    one.y + one.height <= other.y ||
    other.y + other.height <= one.y;
  return !apart;
}

function within(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function boxesOf({ box, stations }: PlacedSwitch): Box[] {
  return [...(box === undefined ? [] : [box]), ...stations.map((each) => each.box)];
}

test("layOut() leaves no room outside of hosts that nothing leads out of", () => {
  const closed = laidOut([{ ...cabled(), interfaces: cabled().interfaces.slice(0, 3) }]);
  const widths = [closed, laidOut([cabled()])].map(({ width, hosts }) => {
    const frame = hosts[0]?.frame ?? { x: 0, width: 0 };
    return width - frame.x - frame.width;
  });
  expect(widths[0]).toBeLessThan(50);
  expect(widths[1]).toBeGreaterThan(100);
});

function isOne(one: Wire, other: Wire): boolean {
  return one.y === other.y && one.member?.isTagged === other.member?.isTagged;
}

describe.each(pictures)("layOut() of %s", (_name, picture) => {
  const switches = picture.hosts.flatMap((host) => host.switches);

  test("keeps everything inside, and nothing over another", () => {
    const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
    for (const { frame, switches: own } of picture.hosts) {
      expect(within(frame, whole)).toBe(true);
      for (const { panel } of own) expect(within(panel, frame)).toBe(true);
    }
    for (const each of switches) {
      const boxes = boxesOf(each);
      for (const box of boxes) expect(within(box, each.panel)).toBe(true);
      const pairs = boxes.flatMap((box, at) => boxes.slice(at + 1).map((other) => [box, other] as const));
      expect(pairs.filter(([one, other]) => overlap(one, other))).toEqual([]);
    }
    const outside = [...picture.hosts.map(({ frame }) => frame), ...picture.trunks.map(({ box }) => box)];
    expect(outside.filter((box) => !within(box, whole))).toEqual([]);
    expect(outside.filter((box, at) => outside.some((each, to) => at !== to && overlap(box, each)))).toEqual(
      [],
    );
    const panels = switches.map(({ panel }) => panel);
    expect(
      panels.filter((panel, at) => panels.some((other, to) => at !== to && overlap(panel, other))),
    ).toEqual([]);
  });

  test("lets each wire begin at its station and end on its lane", () => {
    for (const { lanes, stations } of switches) {
      for (const { station, wires, box } of stations) {
        expect(wires).toHaveLength(station.members.length === 0 ? wires.length : station.members.length);
        for (const { member, y, to } of wires) {
          expect([y >= box.y, y <= box.y + box.height]).toEqual([true, true]);
          if (member === undefined) continue;
          const lane = lanes.find((each) => each.lane.id === member.lane);
          expect(lane?.x).toBe(to);
          expect([(lane?.top ?? 0) <= y, y <= (lane?.bottom ?? 0)]).toEqual([true, true]);
        }
      }
    }
  });

  test("keeps wires of one side apart from each other", () => {
    for (const { stations } of switches) {
      for (const isInner of [true, false]) {
        const levels = stations
          .filter((each) => each.isInner === isInner)
          .flatMap(({ wires }) => wires.map(({ y }) => y));
        const sorted = levels.toSorted((a, b) => a - b);
        expect(sorted.filter((y, at) => at > 0 && y - (sorted[at - 1] ?? 0) < 5)).toEqual([]);
      }
    }
  });

  test("lets no two joints on a lane touch, unless they are one", () => {
    for (const { lanes, stations } of switches) {
      for (const { x } of lanes) {
        const joints = stations.flatMap(({ wires }) => wires.filter(({ to }) => to === x));
        const sorted = joints.toSorted((one, other) => one.y - other.y);
        const near = sorted.filter((wire, at) => at > 0 && wire.y - (sorted[at - 1]?.y ?? 0) < 12);
        expect(near.filter((wire) => !joints.some((each) => each !== wire && isOne(each, wire)))).toEqual([]);
      }
    }
  });

  test("keeps labels of lanes in the switch and apart", () => {
    for (const { lanes, box } of switches) {
      const labels = lanes.map(({ x, width, top }) => ({ x: x - width / 2, y: top - 16, width, height: 16 }));
      expect(labels.filter((label) => box === undefined || !within(label, box))).toEqual([]);
      expect(labels.filter((label, at) => at > 0 && overlap(label, labels[at - 1] ?? label))).toEqual([]);
    }
  });
});
