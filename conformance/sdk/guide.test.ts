/** docs/sdk.md says what is so. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { repository } from "../node/plugin-folder.ts";

const read = (file: string) => readFileSync(join(repository, file), "utf8");

const guide = read("docs/sdk.md");
const example = read("sdk/example/journal.ts");

test("the guide has the example as it is", () => {
  expect(guide.split("```ts\n")[1]?.split("```")[0]).toBe(example);
});

test("the example has at most 40 lines", () => {
  expect(example.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
});

test("the example imports the package and the platform, nothing else", () => {
  const sources = [...example.matchAll(/from "([^"]+)"/g)].map(([, source]) => source);
  expect(sources.filter((source) => source !== "trestle" && source?.startsWith("node:") !== true)).toEqual(
    [],
  );
  expect(sources).toContain("trestle");
});

test("the guide names the runtime that is pinned", () => {
  const { version, devDependencies } = JSON.parse(read("package.json"));
  expect(guide).toContain(`bun@${devDependencies.bun}`);
  expect(guide).toContain(`trestle-${version}.tgz`);
});

test("every name in the guide's table of parts is exported", () => {
  const facade = read("sdk/index.ts") + read("cni/schema.ts");
  const rows = guide.split("\n").filter((line) => /^\| \d /.test(line));
  const cells = rows.map((row) => row.split("|")[2] ?? "");
  const names = cells.flatMap((cell) => [...cell.matchAll(/`([A-Za-z]+)`/g)].map(([, name = ""]) => name));
  const ofRequest = ["containerId", "netns", "ifname", "path"];
  expect(names.length).toBeGreaterThan(15);
  expect(
    names.filter((name) => !ofRequest.includes(name) && !new RegExp(`\\b${name}\\b`).test(facade)),
  ).toEqual([]);
});
