/** The pictures of docs/scenarios are what is drawn of the scenes that the tests of this folder keep. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { describeWith, repository } from "../node/index.ts";
import { draw } from "./draw.ts";
import { readScene, scenes, steady } from "./scene.ts";

const pictures = join(repository, "docs/scenarios");
const names = readdirSync(scenes).map((file) => file.replace(/\.json$/, ""));

/** Each has a file of tests of its own, here or in the lab: "s01", "s02", ... */
const scenarios = [
  ...new Set(
    [import.meta.dirname, join(import.meta.dirname, "lab")]
      .flatMap((folder) => readdirSync(folder))
      .flatMap((file) => /^s\d\d(?=-)/.exec(file)?.[0] ?? []),
  ),
].toSorted();

/** `make pictures` has them written instead of compared. */
const writes = process.env["TRESTLE_PICTURES"] !== undefined;

/** "s07-trunk" is one of S7. */
function belongsTo(name: string, scenario: string): boolean {
  return name === scenario || name.startsWith(`${scenario}-`);
}

describeWith({ plugins: ["trestle"] }, "pictures of the scenarios", () => {
  test.each(names)("%s is what is drawn of it", async (name) => {
    const drawn = `${await draw(readScene(join(scenes, `${name}.json`)))}\n`;
    const file = join(pictures, `${name}.svg`);
    if (writes) {
      mkdirSync(pictures, { recursive: true });
      writeFileSync(file, drawn);
    }
    const isSame = existsSync(file) && readFileSync(file, "utf8") === drawn;
    expect({ [name]: isSame ? "up to date" : 'drawn otherwise by now: "make pictures"' }).toEqual({
      [name]: "up to date",
    });
  });

  test("there are twelve scenarios, and each has a picture", () => {
    expect(scenarios).toEqual(Array.from({ length: 12 }, (_, at) => `s${String(at + 1).padStart(2, "0")}`));
    expect(scenarios.filter((id) => !names.some((name) => belongsTo(name, id)))).toEqual([]);
  });

  test("the page shows each in the section of its scenario, and no other", () => {
    const page = readFileSync(join(pictures, "README.md"), "utf8");
    const sections = page.split(/^## S/m).slice(1);
    const shown = sections.map((section) => {
      const id = `s${String(Number.parseInt(section, 10)).padStart(2, "0")}`;
      return [
        id,
        [...section.matchAll(/\]\(([^)/]+)\.svg\)/g)].map(([, name = ""]) => name).toSorted(),
      ] as const;
    });
    const kept = scenarios.map((id) => [id, names.filter((name) => belongsTo(name, id)).toSorted()] as const);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(kept));
  });

  test("steady() numbers MAC addresses by their appearance, the same by the same number", () => {
    expect(steady("6a:00:00:00:00:01 0e:11:22:33:44:55 6a:00:00:00:00:01")).toBe(
      "02:00:00:00:00:01 02:00:00:00:00:02 02:00:00:00:00:01",
    );
  });
});
