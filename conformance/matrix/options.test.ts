import { describe, expect, test } from "@jest/globals";
import { UsageError } from "../../cli/conformance/usage-error.ts";
import { sampleClause } from "../formats/sample-report.ts";
import { readMatrixOptions } from "./options.ts";

const catalogue = ["DEL-01", "DEL-02"].map((id) => ({ ...sampleClause(id), run: () => Promise.resolve() }));

function read(line: string) {
  return readMatrixOptions(line.split(" ").filter(Boolean), { catalogue, processors: 2 });
}

describe("readMatrixOptions()", () => {
  test("asks for everything, where others read it", () => {
    expect(read("")).toEqual({
      choice: { profiles: ["spec", "compat", "quality"], only: [] },
      version: undefined,
      jobs: 3,
      to: "docs/conformance",
    });
  });

  test("a part goes elsewhere", () => {
    expect(read("--only DEL-01,DEL-02 --profile spec --version 1.0.0 --jobs 1 --to /tmp/part")).toEqual({
      choice: { profiles: ["spec"], only: ["DEL-01", "DEL-02"] },
      version: "1.0.0",
      jobs: 1,
      to: "/tmp/part",
    });
  });

  test.each([
    ["--only DEL", "must not replace the whole in docs/conformance"],
    ["--profile spec", "must not replace the whole"],
    ["--version 1.1.0", "must not replace the whole"],
    ["--only DEL --to ./docs/../docs/conformance/", "must not replace the whole"],
    ["--jobs abc", '--jobs is "abc"'],
    ["--jobs 0", '--jobs is "0"'],
    ["--only NO-01 --to /tmp/part", '--only has "NO-01"'],
    ["--profile all --to /tmp/part", '--profile is "all"'],
    ["--version 2 --to /tmp/part", '--version is "2"'],
    ["--known file", "--known"],
  ])("%s is wrong usage", (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });
});
