import { expect, test } from "@jest/globals";
import { describeWith, missing } from "./needs.ts";
import SkipReporter from "./skip-reporter.js";

test("missing() names every program and file that is not there", () => {
  const lack = missing({
    commands: ["sh", "no-such-program"],
    files: ["/etc/passwd", "/no/such/file"],
    lacking: ["a working Go"],
  });
  expect(lack.filter((what) => what !== "root")).toEqual([
    "no-such-program",
    "/no/such/file",
    "a working Go",
  ]);
});

describeWith({}, "describeWith()", () => {
  test("runs when nothing is missing", () => {
    expect(missing({})).toEqual([]);
  });
});

/** What the reporter writes after a run. */
function report(configuration: { testNamePattern?: string }, testResults: readonly TestResult[]): string[] {
  const written: string[] = [];
  const reporter = new SkipReporter(configuration, { write: (text) => written.push(text) });
  reporter.onRunComplete(undefined, { testResults: [{ testResults }] });
  return written.join("").split("\n").filter(Boolean);
}

interface TestResult {
  readonly status: string;
  readonly ancestorTitles: string[];
  readonly title: string;
}

const results: TestResult[] = [
  { status: "pending", ancestorTitles: ["podman [this machine lacks podman]"], title: "one" },
  { status: "pending", ancestorTitles: ["podman [this machine lacks podman]"], title: "two" },
  { status: "passed", ancestorTitles: ["others"], title: "three" },
];

test("the reporter lists skipped tests with their reason and a count", () => {
  expect(report({}, results)).toEqual([
    "Skipped: 2 tests",
    "  podman [this machine lacks podman]: 2",
    "    - one",
    "    - two",
  ]);
});

test.each([
  ["nothing was skipped", {}, results.slice(2)],
  ["somebody named the tests to run", { testNamePattern: "three" }, results],
])("the reporter says nothing when %s", (_when, configuration, testResults) => {
  expect(report(configuration, testResults)).toEqual([]);
});
