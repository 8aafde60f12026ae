/** Texts of plugins, which may hold anything, made harmless for each format. */

/** Control characters, invisible ones that reorder or hide text, and halves of characters. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u{FFFE}\u{FFFF}]/gu;

/** Nothing in it moves a cursor, changes a colour or hides a word; lines and tabs stay. */
export function printable(text: string): string {
  return text.replace(unprintable, (sign) => (sign === "\n" || sign === "\t" ? sign : escaped(sign)));
}

/** The same on one line. */
export function printableLine(text: string): string {
  return text.replace(unprintable, escaped);
}

function escaped(sign: string): string {
  if (sign === "\n") return "\\n";
  if (sign === "\t") return "\\t";
  return `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For elements and quoted attributes of HTML and XML. */
export function escapeMarkup(text: string): string {
  return printable(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? "");
}

/** For text inside a paragraph or a table's cell: nothing in it is taken for markup, a new line or the cell's end. */
export function escapeMarkdown(text: string): string {
  const plain = printable(text).replace(/[\\`*_[\]~$|]/g, String.raw`\$&`);
  return escapeMarkup(plain).replaceAll("\n", "<br>").replaceAll("://", ":&#47;/");
}

/** One word of a shell. */
export function quoteForShell(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
