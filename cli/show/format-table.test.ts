import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { formatTable } from "./format-table.ts";
import { container, sampleDescription, samplePort } from "./sample-description.ts";

const table = formatTable(sampleDescription, { isColoured: false });
const lines = table.split("\n");

function rowOf(start: string): string {
  return lines.find((line) => line.trimStart().startsWith(start)) ?? "";
}

describe("formatTable()", () => {
  test("tells of each port who is there", () => {
    expect(rowOf("veth00000000002").split(/ {2,}/)).toEqual([
      "",
      "veth00000000002",
      "container",
      "10",
      "web-1",
      "eth0",
      "10.10.0.2/24",
      "02:00:00:00:00:66",
      "its own",
      "ten",
    ]);
    expect(rowOf("veth00000000005")).toMatch(/isolated$/);
    expect(rowOf("tap0")).toMatch(/guest +20 +vm-1 +10\.20\.0\.9\/24 +52:54:00:12:34:56 +twenty/);
    expect(rowOf("eth1")).toMatch(/uplink +tagged 10, 20, 30-39 /);
    expect(rowOf("br0.10")).toMatch(/host +10 +10\.10\.0\.1\/24/);
    expect(rowOf("veth00000000021")).toMatch(/masquerade$/);
  });

  test("tells first which networks there are, and where", () => {
    expect(table).toMatch(/^host .*\n\nnetworks\n {2}NETWORK +ON +VLAN +ATTACHMENTS +LEASES\n/);
    expect(rowOf("ten")).toMatch(/^ +ten +br0 +10 +2 +0$/);
    expect(rowOf("web ")).toMatch(/^ +web +web0 +2 +2$/);
    expect(formatTable({ ...sampleDescription, networks: [] }, { isColoured: false })).not.toContain(
      "networks",
    );
  });

  test("tells a container's id beside another name", () => {
    const port = container(9, { network: "ten", containerId: "cnitool-1", address: "10.10.0.9/24" });
    const ports = [{ ...port, endpoint: { namespace: "space", interface: "eth0", addresses: [] } }];
    const bridges = sampleDescription.bridges.map((bridge) => ({ ...bridge, ports }));
    const text = formatTable({ ...sampleDescription, bridges }, { isColoured: false });
    expect(text).toMatch(/ WHO +CONTAINER +INTERFACE/);
    expect(text).toMatch(/ space +cnitool-1 +eth0 /);
  });

  test("tells of bridges what they are, in one line", () => {
    expect(rowOf("bridge br0")).toBe(
      "bridge br0  up, 02:00:00:00:00:01, mtu 1500, STP off, VLAN filtering on, default VLAN 1, 6 ports",
    );
  });

  test("names leases that nobody has", () => {
    expect(table).toMatch(/10\.30\.0\.77 +gone +eth0 +nobody of that name was found\n/);
  });

  test("has its columns aligned, and no space at the end of a line", () => {
    expect(lines.filter((line) => line.endsWith(" "))).toEqual([]);
    const head = lines.findIndex((line) => line.startsWith("  PORT"));
    const column = lines[head]?.indexOf("ADDRESSES") ?? 0;
    expect(lines[head + 3]?.slice(column, column + 12)).toBe("10.10.0.1/24");
    expect(lines[head + 3]?.charAt(column - 1)).toBe(" ");
  });

  test("says what could not be read", () => {
    const unreadable = [{ source: "nf_tables", reason: "operation not permitted" }];
    expect(formatTable({ ...sampleDescription, unreadable }, { isColoured: false })).toMatch(
      /could not be read\n.*\n {2}nf_tables +operation not permitted\n$/,
    );
  });

  test("has colours where they are asked for, the same for the same VLAN", () => {
    const painted = formatTable(sampleDescription, { isColoured: true });
    const colours = new Set(painted.match(/38;5;\d+m20(?!\d)/g));
    expect(colours.size).toBe(1);
    expect(stripVTControlCharacters(painted)).toBe(table);
  });

  test("lets nothing through that a terminal acts upon", () => {
    const evil = "\u001B[2J\u202Ename\n";
    const port = samplePort(9, {
      role: "container",
      name: evil,
      owner: { network: evil, containerId: evil, ifname: evil },
      endpoint: { namespace: evil, interface: evil, addresses: [evil] },
    });
    const [first] = sampleDescription.bridges;
    const bridges = first === undefined ? [] : [{ ...first, name: evil, ports: [port] }];
    const text = formatTable({ ...sampleDescription, host: evil, bridges }, { isColoured: false });
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).toContain("\\u{1b}[2J");
  });
});
