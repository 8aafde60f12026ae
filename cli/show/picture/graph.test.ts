import { describe, expect, test } from "@jest/globals";
import { sampleDescription, samplePort } from "../sample-description.ts";
import { drawPicture } from "./draw.ts";

const evil = '"];\n}end --> x<br/>\\"\u001B[1m #quot; `|';
const [first] = sampleDescription.bridges;
const port = samplePort(1, {
  name: evil,
  role: "container",
  endpoint: { interface: evil, addresses: [evil] },
});
const bridges = first === undefined ? [] : [{ ...first, name: evil, ports: [port] }];
const evilHost = { ...sampleDescription, host: evil, bridges };

describe("a picture in Mermaid", () => {
  const text = drawPicture("mermaid", [sampleDescription]);

  test("connects everybody to their VLANs", () => {
    expect(text).toMatch(/^flowchart LR\n/);
    const [, lane] = /(\w+)\(\["VLAN 20"\]\)/.exec(text) ?? [];
    const [, guest] = /(\w+)\[\["vm-1<br\/>/.exec(text) ?? [];
    expect(text).toContain(`  ${guest} ---|"tap0"| ${lane}\n`);
    expect(text).toContain('"isolated"'.slice(1, -1));
  });

  test("opens and closes as many parts", () => {
    expect(text.match(/^ *subgraph /gm)).toHaveLength(text.match(/^ *end$/gm)?.length ?? 0);
  });

  test("colours each line by its number", () => {
    const edges = text.match(/^ {2}\w+ (?:---|-\.-)/gm) ?? [];
    const styles = [...text.matchAll(/linkStyle (\d+) /g)].map(([, at]) => Number(at));
    expect(styles).toEqual(edges.map((_, at) => at));
  });

  test("lets no text out of its quotes", () => {
    const shape =
      /^(?: *(?:subgraph \w+\[|end$)| *\w+(?:\[\[|\[\/|\(\[|\(\(|\{\{|\[|\()"| {2}\w+ (?:---|-\.-)| {2}(?:style|linkStyle) |flowchart LR$|$)/;
    const lines = drawPicture("mermaid", [evilHost]).split("\n");
    expect(lines.filter((line) => !shape.test(line))).toEqual([]);
    const quoted = lines.flatMap((line) => line.match(/"[^"]*"/g) ?? []).join("");
    expect(quoted.replaceAll("<br/>", "")).not.toMatch(/[<>`|[\]{}\\]|[^\P{C}]/u);
    for (const line of lines) expect((line.match(/"/g) ?? []).length % 2).toBe(0);
  });
});

describe("a picture in dot", () => {
  const text = drawPicture("dot", [sampleDescription]);

  test("connects everybody to their VLANs", () => {
    const [, lane] = /(\w+) \[label="VLAN 20"/.exec(text) ?? [];
    const [, guest] = /(\w+) \[label="vm-1\\n/.exec(text) ?? [];
    expect(text).toMatch(
      new RegExp(`^ {2}${guest} -- ${lane} \\[label="tap0", color="#[0-9a-f]{6}"\\];$`, "m"),
    );
  });

  test("lets no text out of its quotes", () => {
    const outside = drawPicture("dot", [evilHost]).replaceAll(/"(?:[^"\\]|\\.)*"/gs, "");
    expect(outside).not.toMatch(/end|br\/|\\|"/);
    expect(outside.match(/\{/g)).toHaveLength(outside.match(/\}/g)?.length ?? 0);
    expect(drawPicture("dot", [evilHost])).not.toMatch(/[^\P{C}\n]/u);
  });
});
