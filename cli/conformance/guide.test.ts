/** docs/conformance.md says what is so. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { catalogue } from "../../conformance/catalogue/index.ts";
import { formatJson } from "../../conformance/formats/json.ts";
import { sampleReport } from "../../conformance/formats/sample-report.ts";
import { signs, standings, words } from "../../conformance/formats/standing.ts";
import { help } from "./help.ts";
import { formats, readOptions } from "./options.ts";

const repository = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(repository, file), "utf8");
const guide = read("docs/conformance.md");

test("the clause that the guide shows is one of the catalogue, as it is", () => {
  const shown = guide.split("```ts\n")[1]?.split("```")[0] ?? "nothing";
  const indented = shown.replaceAll(/^(?=.)/gm, "  ");
  expect(read("conformance/catalogue/del.ts")).toContain(indented);
});

test("signs and outcomes are told as they are printed", () => {
  const rows = [...guide.matchAll(/^\| (.) {4}\| ([^|]+?) +\|/gm)].map(([, sign, word]) => [sign, word]);
  expect(rows).toEqual(standings.map((standing) => [signs[standing], words[standing]]));
});

test("the JSON that the guide shows has the keys of a report, and its format's name", () => {
  const shown = guide.split("```jsonc\n")[1]?.split("```")[0] ?? "";
  const document = JSON.parse(formatJson(sampleReport)) as Record<string, unknown>;
  const shownKeys = [...shown.matchAll(/^ {2}"(\w+)":/gm)].map(([, key]) => key);
  expect(shownKeys.filter((key) => key !== "latency")).toEqual(Object.keys(document));
  expect(shown).toContain(`"format": "${String(document["format"])}"`);
});

test.each(formats)("the format %s is in the guide and in the help", (format) => {
  expect(guide).toContain(`\`${format}\``);
  expect(help).toContain(format);
});

const surroundings = { catalogue, workingFolder: "/", processors: 1 };

test.each([
  ["guide", guide],
  ["help", help],
])("every command of the %s is understood", (_where, text) => {
  const lines = [...text.matchAll(/^ +trestle conformance (--[^[\n]+)$/gm)].map(([, line]) => line ?? "");
  const commands = lines.filter((line) => !line.includes("DIR"));
  expect(commands.length).toBeGreaterThan(4);
  for (const line of commands) expect(() => readOptions(line.split(" "), surroundings)).not.toThrow();
});

test("the help keeps within a wide terminal", () => {
  expect(help.split("\n").filter((line) => line.length > 145)).toEqual([]);
});
