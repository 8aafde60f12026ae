/** For tests: reads HTML or XML strictly. */

/** The elements in their order, each closed. @throws Error where one is not, or where text holds a bare "<" or "&" */
export function elementsOf(text: string): readonly string[] {
  const found: string[] = [];
  const open: string[] = [];
  for (const [whole, tag] of tokens(text)) {
    const name = /^<\/?([\w-]+)/.exec(whole)?.[1] ?? "";
    if (tag === undefined) checkText(whole);
    else if (whole.startsWith("</")) close(open, name);
    else if (name !== "") {
      found.push(name);
      if (!whole.endsWith("/>") && !isVoid(name)) open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(" ")}`);
  return found;
}

/** Tags with quoted attributes, and the text between; a style's and a script's own text is left out. */
function tokens(text: string): IterableIterator<RegExpExecArray> {
  const plain = text.replaceAll(/<(style|script)>.*?<\/\1>/gs, "<$1></$1>");
  return plain.matchAll(/(<[!?/]?[\w-]+(?:\s+[\w-]+(?:="[^"<]*")?)*\s*[/?]?>|<!--.*?-->)|[^<]+|</gsu);
}

function checkText(text: string): void {
  if (text === "<" || /&(?!#?\w+;)/.test(text)) throw new Error(`not escaped: ${JSON.stringify(text)}`);
}

function close(open: string[], name: string): void {
  const last = open.pop();
  if (last !== name) throw new Error(`</${name}> closes <${last}>`);
}

function isVoid(name: string): boolean {
  return ["meta", "input", "br"].includes(name);
}
