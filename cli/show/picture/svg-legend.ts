/** What the signs of a picture mean: those that occur in it. */
import type { Picture } from "./placed.ts";
import { sizes } from "./sizes.ts";
import { joint, line, textAt, type Point } from "./svg-shapes.ts";
import { textWidth } from "./text-width.ts";
import { element, type Markup } from "./xml.ts";

interface Entry {
  readonly text: string;
  readonly isUsed: boolean;
  readonly draw: (place: Point) => Markup;
}

const sign = 26;

const kinds = [
  { kind: "container", text: "container" },
  { kind: "guest", text: "virtual machine" },
  { kind: "host", text: "the host itself" },
  { kind: "uplink", text: "way out of the host" },
] as const;

export function drawLegend({ hosts, legend, width }: Picture): Markup[] {
  const stations = hosts.flatMap(({ switches }) => switches.flatMap((each) => each.stations));
  const members = stations.flatMap(({ station }) => station.members);
  const isRouted = hosts.some(({ routing }) => routing !== undefined);
  const forwards = hosts.some(
    ({ diagram }) => diagram.forwards.ipv4 === true || diagram.forwards.ipv6 === true,
  );
  const across = (look: string) => (place: Point) => line(look, place, { x: place.x + sign - 6, y: place.y });
  const entries: readonly Entry[] = [
    ...kinds.map(({ kind, text }) => ({
      text,
      isUsed: stations.some(({ station }) => station.kind === kind),
      draw: ({ x, y }: Point) =>
        element("rect", { class: `box ${kind}`, x, y: y - 6, width: 18, height: 12, rx: 3 }),
    })),
    {
      text: "without a tag",
      isUsed: members.some(({ isTagged }) => isTagged),
      draw: ({ x, y }) => joint("t", { x: x + 10, y }, false),
    },
    {
      text: "with the VLAN's tag",
      isUsed: members.some(({ isTagged }) => isTagged),
      draw: ({ x, y }) => joint("t", { x: x + 10, y }, true),
    },
    {
      text: "isolated from each other",
      isUsed: stations.some(({ station }) => station.isIsolated),
      draw: across("w t isolated"),
    },
    {
      text: "not connected now",
      isUsed: stations.some(({ station }) => !station.isUp),
      draw: across("w t off"),
    },
    {
      text: forwards
        ? "the host routes between these"
        : "the host does not route between these: forwarding is off",
      isUsed: isRouted,
      draw: across("route"),
    },
  ];
  return wrapped(
    entries.filter(({ isUsed }) => isUsed),
    { width, top: legend + 14 },
  );
}

/** One after the other, in as many lines as that takes. */
function wrapped(
  entries: readonly Entry[],
  { width, top }: { readonly width: number; readonly top: number },
): Markup[] {
  let place: Point = { x: sizes.margin, y: top };
  return entries.flatMap(({ text, draw }) => {
    const room = sign + textWidth(text, { size: 10.5 });
    if (place.x > sizes.margin && place.x + room > width - sizes.margin)
      place = { x: sizes.margin, y: place.y + 20 };
    const own = place;
    place = { x: own.x + room + 22, y: own.y };
    return [draw(own), textAt("faint", { x: own.x + sign, y: own.y + 4 }, text)];
  });
}
