/** The SDK's example plugin before the suite that we hand to others, in every version. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { describeWith, pluginFolder } from "../node/index.ts";
import { AuthorProject } from "../sdk/author-project.ts";

jest.setTimeout(300_000);

/** What is read of `--format json`. */
interface Report {
  readonly clauses: readonly { readonly id: string; readonly outcome: string }[];
}

let project: AuthorProject;
beforeAll(async () => {
  project = await AuthorProject.make();
  project.take("sdk/example/journal.ts", "journal.ts");
  await project.compile("journal.ts", "journal");
});
afterAll(() => project[Symbol.dispose]());

const configuration = { name: "notes", type: "journal" };

describeWith({ plugins: ["trestle"] }, "the example plugin", () => {
  test("keeps every promise of the specification, and leaks and loses nothing", async () => {
    project.write("journal.json", JSON.stringify(configuration));
    const subject = ["--plugin-dir", project.path("bin"), "--type", "journal", "--kind", "chained"];
    const asked = ["--config", project.path("journal.json"), "--profile", "spec,quality", "--jobs", "2"];
    const out = ["--format", "json", "--out", project.path("report.json")];
    const ended = await project.run(join(pluginFolder, "trestle"), [
      "conformance",
      ...subject,
      ...asked,
      ...out,
    ]);
    const { clauses }: Report = JSON.parse(project.read("report.json"));
    expect(clauses.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    // Nothing that applies to a chained plugin was left out.
    const groups = new Set(clauses.map(({ id }) => id.slice(0, 3)));
    expect([...groups]).toEqual(expect.arrayContaining(["ADD", "CHK", "DEL", "GC-", "STA", "VER", "CHN"]));
    expect(ended.exitCode).toBe(0);
  });
});
