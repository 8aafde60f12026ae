import { describe, expect, test } from "@jest/globals";
import { elementsOf } from "../../../conformance/formats/read-markup.ts";
import type { Description } from "../description.ts";
import { sampleDescription, samplePort } from "../sample-description.ts";
import { readCable } from "./cables.ts";
import { drawPicture } from "./draw.ts";
import { toneColours, plainColours } from "./tone-colours.ts";

function drawn(description: Description): string {
  return drawPicture("svg", [description]);
}

const picture = drawn(sampleDescription);

/** The texts in their order. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);
}

describe("a picture as SVG", () => {
  test("is well formed, and needs nothing from elsewhere", () => {
    const elements = elementsOf(picture);
    expect(elements[0]).toBe("svg");
    expect(new Set(elements)).toEqual(
      new Set(["svg", "title", "style", "rect", "text", "line", "g", "circle"]),
    );
    expect(picture).not.toMatch(/href|url\(|@import|<script|foreignObject/);
    expect(picture.match(/https?:[^"]*/g)).toEqual(["http://www.w3.org/2000/svg"]);
  });

  test("writes everybody's name and address", () => {
    const all = texts(picture);
    for (const text of [
      "node-1",
      "web-1 · eth0",
      "10.10.0.2/24",
      "vm-1",
      "eth1",
      "VLAN 10",
      "VLAN 30-39",
      "probe · eth0",
    ])
      expect(all).toContain(text);
  });

  test("has for each VLAN one colour, of all that belongs to it", () => {
    const ten = [...picture.matchAll(/class="[^"]*\bt0\b[^"]*"/g)];
    const twenty = [...picture.matchAll(/class="[^"]*\bt1\b[^"]*"/g)];
    // The lane, its label, and for each of four stations a wire, a joint and a bar; the trunk leads out as well.
    expect([ten.length, twenty.length]).toEqual([2 + 4 * 3 + 1, 2 + 5 * 3 + 1]);
  });

  test("tells tagged from untagged, and isolated from not", () => {
    expect(picture.match(/<circle class="d ring /g)).toHaveLength(3 + 1);
    expect(picture.match(/<line class="w t1 isolated"/g)).toHaveLength(1);
    expect(texts(picture)).toContain("isolated from each other");
  });

  test("names in its legend only what is in it", () => {
    const alone = { ...sampleDescription, bridges: [], children: [] };
    expect(texts(drawn(alone))).not.toContain("isolated from each other");
    expect(texts(drawn(alone))).not.toContain("virtual machine");
  });

  test("says that the host does not route when it does not", () => {
    const without = { ...sampleDescription, forwarding: { ipv4: false, ipv6: false } };
    expect(texts(picture)).toContain("the host routes between these");
    expect(texts(drawn(without)).some((text) => text.includes("forwarding is off"))).toBe(true);
  });

  test("says what could not be read", () => {
    const unreadable = [{ source: "nf_tables", reason: "not permitted" }];
    expect(texts(drawn({ ...sampleDescription, unreadable }))).toContain(
      "could not read nf_tables: not permitted",
    );
  });

  test("fades what is not connected, and not why", () => {
    const ports = [samplePort(1, { role: "container", name: "v1", state: "down" })];
    const bridges = sampleDescription.bridges.map((bridge) => ({ ...bridge, ports }));
    const faint = drawn({ ...sampleDescription, bridges }).match(/<g class="shut">[^]*?<\/g>/)?.[0];
    expect(texts(faint ?? "")).toEqual(["v1"]);
    expect(texts(drawn({ ...sampleDescription, bridges }))).toContain("down");
  });

  test("takes no text for markup, and no sign that reorders or hides text", () => {
    const evil = '</text><script>alert("1")</script>\u0000\u001B[1m\u202E&<';
    const endpoint = { namespace: evil, interface: evil, mac: evil, addresses: [evil] };
    const port = samplePort(1, { name: evil, role: "container", endpoint });
    const [first] = sampleDescription.bridges;
    const bridges = first === undefined ? [] : [{ ...first, name: evil, ports: [port] }];
    const unreadable = [{ source: evil, reason: evil }];
    const svg = drawn({ ...sampleDescription, host: evil, bridges, unreadable });
    expect(elementsOf(svg)).not.toContain("script");
    expect(svg).not.toMatch(/[^\P{C}\n]/u);
  });

  test("is the same each time", () => {
    expect(drawn(structuredClone(sampleDescription))).toBe(picture);
  });
});

describe("a picture of several hosts", () => {
  const cable = readCable("node-1/eth1=node-2/eth1");
  const hosts = [sampleDescription, { ...sampleDescription, host: "node-2" }];
  const both = drawPicture("svg", hosts, cable === undefined ? [] : [cable]);

  test("has one colour for a VLAN in all of them, and on the cable between them", () => {
    expect(elementsOf(both)[0]).toBe("svg");
    expect(texts(both).filter((text) => text === "VLAN 10")).toHaveLength(3);
    const labels = [...both.matchAll(/<rect class="p (t\d?)"[^>]*rx="8"\/>\n<text [^>]*>VLAN 10</g)];
    expect(labels.map(([, tone]) => tone)).toEqual(["t0", "t0", "t0"]);
  });

  test("says what is cabled in every language", () => {
    for (const format of ["mermaid", "dot"] as const) {
      const text = drawPicture(format, hosts, cable === undefined ? [] : [cable]);
      expect(text.match(/ (?:---|-\.-|--)(?:\|"[^"]*"\|)? c0\b/g)).toHaveLength(2);
    }
  });

  test("lets VLANs of a device leave by the device's cable, whichever way the hosts are built", () => {
    const [, web] = sampleDescription.bridges;
    const uplink = samplePort(60, {
      name: "eth1.10",
      kind: "vlan",
      role: "subinterface",
      lower: { name: "eth1", vlan: 10 },
    });
    const bridges = web === undefined ? [] : [{ ...web, name: "br10", ports: [...web.ports, uplink] }];
    const other = { ...sampleDescription, host: "node-2", bridges };
    const dot = drawPicture("dot", [sampleDescription, other], cable === undefined ? [] : [cable]);
    expect(dot).toMatch(/ -- c0 \[label="tagged 10", /);
    const svg = drawPicture("svg", [sampleDescription, other], cable === undefined ? [] : [cable]);
    // On the cable: the trunk of the one, the sub-interface of the other, both tagged, in the colour of VLAN 10.
    const rings = [...svg.matchAll(/<circle class="d ring t0" cx="([\d.]+)"/g)].map(([, x]) => x);
    expect(rings.filter((x) => x === rings.at(-1))).toHaveLength(2);
  });

  test("says nothing of cables that it was not told of", () => {
    expect(texts(drawPicture("svg", hosts))).not.toContain("cable");
    expect(texts(both)).toContain("cable");
  });
});

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** WCAG 2.2, 1.4.3: labels of lanes are white on these, and dark on those for dark desks. */
test.each([...toneColours, plainColours])("the colours %s and %s can be read", (light, dark) => {
  expect(contrast(light, "#ffffff")).toBeGreaterThanOrEqual(4);
  expect(contrast(dark, "#0d1117")).toBeGreaterThanOrEqual(4.5);
});
