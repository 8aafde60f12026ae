/** The pictures of docs/scenarios are what is drawn of the scenes that the tests of this folder keep. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { describeWith, repository } from "../node/index.ts";
import { draw } from "./draw.ts";
import { readScene, scenes, steady } from "./scene.ts";

const pictures = join(repository, "docs/scenarios");
const names = readdirSync(scenes).map((file) => file.replace(/\.json$/, ""));

/** `make pictures` has them written instead of compared. */
const writes = process.env["TRESTLE_PICTURES"] !== undefined;

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

  test("the page shows each of them, and no other", () => {
    const page = readFileSync(join(pictures, "README.md"), "utf8");
    const shown = [...page.matchAll(/\]\((?<name>[^)/]+)\.svg\)/g)].map((match) => match.groups?.["name"]);
    expect(new Set(shown)).toEqual(new Set(names));
  });

  test("steady() numbers MAC addresses by their appearance, the same by the same number", () => {
    expect(steady("6a:00:00:00:00:01 0e:11:22:33:44:55 6a:00:00:00:00:01")).toBe(
      "02:00:00:00:00:01 02:00:00:00:00:02 02:00:00:00:00:01",
    );
  });
});
