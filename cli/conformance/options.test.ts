import { describe, expect, test } from "@jest/globals";
import type { Clause } from "../../conformance/suite/clause.ts";
import { readOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

function clause(id: string): Clause {
  return {
    id,
    strength: "MUST",
    profile: "spec",
    section: "1",
    statement: "",
    observed: "",
    run: () => Promise.resolve(),
  };
}

const surroundings = {
  catalogue: ["DEL-01", "DEL-02", "GC-01"].map(clause),
  workingFolder: "/home",
  processors: 2,
};

function read(line: string) {
  return readOptions(line.split(" "), surroundings);
}

const needed = "--plugin-dir bin --type bridge";

describe("readOptions()", () => {
  test("needs a folder and a type alone", () => {
    expect(read(needed)).toEqual({
      task: "run",
      run: {
        folder: "/home/bin",
        type: "bridge",
        kind: undefined,
        version: undefined,
        choice: { profiles: ["spec", "compat", "quality"], only: [] },
        jobs: 3,
        format: "table",
        config: undefined,
        known: undefined,
        out: undefined,
      },
    });
  });

  test("reads all that can be said", () => {
    const line = `${needed} --config c.json --known /k.json --out ../o --kind ipam --version 0.4.0 --jobs 9 --format html`;
    expect(read(line)).toMatchObject({
      run: {
        config: "/home/c.json",
        known: "/k.json",
        out: "/o",
        kind: "ipam",
        version: "0.4.0",
        jobs: 9,
        format: "html",
      },
    });
  });

  test("--json is --format json, also beside it", () => {
    for (const more of ["--json", "--format json", "--json --format json"])
      expect(read(`${needed} ${more}`)).toMatchObject({ run: { format: "json" } });
  });

  test("lists have commas and may be repeated", () => {
    const line = `${needed} --only DEL,GC-01 --only DEL-02 --profile spec,quality --profile compat`;
    expect(read(line)).toMatchObject({
      run: { choice: { only: ["DEL", "GC-01", "DEL-02"], profiles: ["spec", "quality", "compat"] } },
    });
  });

  test.each([
    ["--list", { type: undefined, isJson: false }],
    ["--list --json --type bridge", { type: "bridge", isJson: true }],
    ["--list --format json --only GC", { choice: { only: ["GC"] }, isJson: true }],
  ])("%s", (line, list) => {
    expect(read(line)).toMatchObject({ task: "list", list });
  });

  test("help is asked for by name and by nothing at all", () => {
    expect([read("--help"), read(`${needed} -h`), readOptions([], surroundings)]).toEqual(
      Array.from({ length: 3 }, () => ({ task: "help" })),
    );
  });

  test.each([
    ["--type bridge", "--plugin-dir is missing"],
    ["--plugin-dir bin", "--type is missing"],
    [`${needed} --type=`, "--type is missing"],
    [`${needed} --out=`, "--out is missing"],
    ["--plugin-dir bin --type ../bridge", '--type is "../bridge": it takes the name of a file'],
    [`${needed} --kind wire`, '--kind is "wire": it takes interface, loopback, ipam, chained'],
    [`${needed} --profile spec,all`, '--profile is "all": it takes spec, compat, quality'],
    [`${needed} --only DEL,,GC`, '--only has "": no clause'],
    [`${needed} --only DEL-09,del`, '--only has "DEL-09", "del": no clause or group'],
    [`${needed} --version 1.0`, '--version is "1.0": it takes 0.1.0, 0.2.0'],
    [`${needed} --format xml`, '--format is "xml": it takes table, json, junit, html, markdown'],
    [`${needed} --jobs abc`, '--jobs is "abc": it takes a whole number from 1 to 256'],
    [`${needed} --jobs 0`, '--jobs is "0": it takes a whole number from 1 to 256'],
    [`${needed} --json --format junit`, "--json and --format junit contradict each other"],
    [`${needed} --json --format table`, "--json and --format table contradict each other"],
    ["--list --json --format html", "--json and --format html contradict each other"],
    ["--list --format html", "--list comes as table or json, not as html"],
    [`${needed} --fast`, "--fast"],
    [`${needed} more`, "more"],
  ])("%s is wrong usage", (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });
});
