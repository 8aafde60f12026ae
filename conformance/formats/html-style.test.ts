import { describe, expect, test } from "@jest/globals";
import { style } from "./html-style.ts";

/** Colours by name: the first block is the light one, the second the dark one. */
const [light, dark] = [...style.matchAll(/:root \{(.*?)\}/gs)].map(
  ([, block = ""]) =>
    new Map([...block.matchAll(/--([\w-]+): (#\w+);/g)].map(([, name, hex]) => [name, hex])),
);

/** "#fff" or "#ffffff" as relative luminance, WCAG 2. */
function luminance(hex: string): number {
  const digits = hex.length === 4 ? hex.slice(1).replaceAll(/./g, "$&$&") : hex.slice(1);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [brighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (brighter + 0.05) / (darker + 0.05);
}

/** What is written, and on what. */
const pairs = [
  ...["ink", "faint", "pass", "fail", "should", "known", "skipped", "na"].flatMap((text) =>
    ["ground", "sheet", "hover"].map((ground) => [text, ground] as const),
  ),
  ...["pass", "should", "known", "skipped"].map((text) => [text, `${text}-ground`] as const),
  ["sheet", "fail"],
  ["ground", "ink"],
] as const;

describe.each([
  ["light", light],
  ["dark", dark],
])("the %s page", (_name, colours) => {
  test.each(pairs)("%s on %s can be read by everybody", (text, ground) => {
    expect(contrast(colours?.get(text) ?? "", colours?.get(ground) ?? "")).toBeGreaterThanOrEqual(4.5);
  });

  test("has a colour for each name that is used, and no other", () => {
    const used = new Set([...style.matchAll(/var\(--([\w-]+)\)/g)].map(([, name]) => name));
    expect(new Set(colours?.keys())).toEqual(used);
  });
});
