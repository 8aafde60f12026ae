/** The box of a station. */
import type { PlacedStation } from "./placed.ts";
import { sizes } from "./sizes.ts";
import { at, textAt } from "./svg-shapes.ts";
import { toneClass } from "./tone-colours.ts";
import { element, type Markup } from "./xml.ts";

export function drawStation({ station, box, wires, isInner }: PlacedStation): Markup[] {
  const { kind, title, addresses, facts, notes, isUp } = station;
  const x = box.x + (isInner ? 12 : 18);
  let y = box.y + 6;
  const next = (height: number) => (y += height);
  const texts = [
    textAt("title", { x, y: next(sizes.title - 2) }, title),
    ...addresses.map((text) => textAt("text mono", { x, y: next(sizes.line) }, text)),
    ...facts.map((text) => textAt("faint mono", { x, y: next(sizes.line) }, text)),
  ];
  // Why it is faint is not.
  const note = notes.length === 0 ? [] : [textAt("note", { x, y: next(sizes.line) }, notes.join(" · "))];
  const looks = element(
    "g",
    isUp ? {} : { class: "shut" },
    element("rect", { class: `box ${kind}`, ...at(box), rx: 5 }),
    ...bars({ box, wires, isInner }),
    ...texts,
  );
  return [looks, ...note];
}

/** The colours of a station's VLANs at the side that its wires leave by. */
function bars({ box, wires, isInner }: Pick<PlacedStation, "box" | "wires" | "isInner">): Markup[] {
  const height = (box.height - 6) / Math.max(1, wires.length);
  const x = isInner ? box.x + box.width - 6 : box.x + 1;
  return wires.map(({ tone }, place) =>
    element("rect", { class: `p ${toneClass(tone)}`, x, y: box.y + 3 + place * height, width: 5, height }),
  );
}
