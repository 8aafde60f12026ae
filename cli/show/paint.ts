/** Colours of a terminal. */

/** Codes of "Select Graphic Rendition". */
const styles = { strong: "1", faint: "2", good: "32", warning: "33" } as const;

/** Of the 256 colours those that can be read on black and on white, next to each other unlike. */
const tones = [33, 166, 35, 170, 136, 37, 161, 99, 64, 130] as const;

export type Style = keyof typeof styles | { readonly tone: number };

/** Text with a style, or as it is. */
export type Paint = (style: Style | undefined, text: string) => string;

export const plain: Paint = (_style, text) => text;

export const coloured: Paint = (style, text) => {
  if (style === undefined || text === "") return text;
  const code = typeof style === "string" ? styles[style] : `38;5;${tones[style.tone % tones.length]}`;
  return `\u001B[${code}m${text}\u001B[0m`;
};
