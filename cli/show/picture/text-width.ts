/** How wide text is at most, in pixels: a picture is made where no fonts can be asked, and looked at with others. */

interface Font {
  /** Pixels. */
  readonly size: number;
  readonly isBold?: boolean;
  readonly isMono?: boolean;
}

/** Of the size, in widespread fonts: monospaced ones have one width; of others this is more than most text takes. */
const monoWidth = 0.605;
const plainWidth = 0.56;
const boldWidth = 0.68;
/** CJK, emoji and the like. */
const wideWidth = 1.05;

export function textWidth(text: string, { size, isBold = false, isMono = false }: Font): number {
  const narrow = isMono ? monoWidth : isBold ? boldWidth : plainWidth;
  let width = 0;
  for (const letter of text) width += (letter.codePointAt(0) ?? 0) >= 0x1100 ? wideWidth : narrow;
  return width * size;
}
