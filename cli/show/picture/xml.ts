/** XML as text, with everything in it escaped. */
import { escapeMarkup } from "../../../conformance/formats/escape.ts";

/** An element as text. It comes from {@link element} alone, so that nothing unescaped gets in. */
export interface Markup {
  readonly markup: string;
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

function attributeText([name, value]: readonly [string, string | number | undefined]): string {
  if (value === undefined) return "";
  return ` ${name}="${typeof value === "number" ? rounded(value) : escapeMarkup(value)}"`;
}

/** Halves of pixels are as fine as it gets. */
function rounded(value: number): string {
  return String(Math.round(value * 2) / 2);
}

/** @param children elements, and texts, which are escaped */
export function element(
  name: string,
  attributes: Attributes,
  ...children: readonly (Markup | string | undefined)[]
): Markup {
  const opening = `<${name}${Object.entries(attributes).map(attributeText).join("")}`;
  const present = children.filter((child) => child !== undefined);
  if (present.length === 0) return { markup: `${opening}/>` };
  const isText = present.every((child) => typeof child === "string");
  const inside = present.map((child) => (typeof child === "string" ? escapeMarkup(child) : child.markup));
  const content = isText ? inside.join("") : `\n${inside.join("\n")}\n`;
  return { markup: `${opening}>${content}</${name}>` };
}

/** The style sheet of a picture: our own text, in which nothing comes from outside. */
export function styleSheet(css: string): Markup {
  return { markup: `<style>\n${css}</style>` };
}
