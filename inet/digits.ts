/**
 * Numbers in text, read strictly. Without regular expressions: compiling the first ones costs a short-lived process
 * more than all addresses that it reads.
 */

/** The number up to `highest` whose decimal form is `text`: no sign, space, exponent or leading zero. */
export function parseDecimal(text: string, highest: number): number | undefined {
  const value = Number(text);
  const isCanonical = Number.isInteger(value) && String(value) === text;
  return isCanonical && value >= 0 && value <= highest ? value : undefined;
}

const hexDigits = "0123456789abcdef";

/** The number that the hexadecimal digits of `text` stand for, in either case; undefined for no or other characters. */
export function parseHex(text: string): number | undefined {
  if (text === "") return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = hexDigits.indexOf(text.charAt(at).toLowerCase());
    if (digit < 0) return undefined;
    value = value * 16 + digit;
  }
  return value;
}
