import { expect, test } from "@jest/globals";
import { describeWith, missing } from "./needs.ts";
import SkipReporter from "./skip-reporter.js";

test("missing() names every program, file and plugin that is not there", () => {
  const lack = missing({
    commands: ["sh", "no-such-program"],
    files: ["/etc/passwd", "/no/such/file"],
    plugins: ["no-such-plugin"],
    lacking: ["a working Go"],
  });
  expect(lack.filter((what) => what !== "root")).toEqual([
    "no-such-program",
    "/no/such/file",
    expect.stringMatching(/\/no-such-plugin$/),
    "a working Go",
  ]);
});

describeWith({}, "describeWith()", () => {
  test("runs when nothing is missing", () => {
    expect(missing({})).toEqual([]);
  });
});

test("the reporter lists skipped tests with their reason and a count", () => {
  const result = (status: string, group: string, title: string) => ({
    status,
    ancestorTitles: [group],
    title,
  });
  const testResults = [
    result("pending", "podman [this machine lacks podman]", "one"),
    result("pending", "podman [this machine lacks podman]", "two"),
    result("passed", "others", "three"),
  ];
  const written: string[] = [];
  new SkipReporter((text) => written.push(text)).onRunComplete(undefined, { testResults: [{ testResults }] });
  expect(written.join("").trim().split("\n")).toEqual([
    "Skipped: 2 tests",
    "  podman [this machine lacks podman]: 2",
    "    - one",
    "    - two",
  ]);
  const silent: string[] = [];
  new SkipReporter((text) => silent.push(text)).onRunComplete(undefined, { testResults: [] });
  expect(silent).toEqual([]);
});
