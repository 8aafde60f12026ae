import { describe, expect, test } from "@jest/globals";
import { Report, Unexpected } from "./report.ts";

function written(tell: (report: Report) => void, isTTY: boolean, environment = {}): string {
  let text = "";
  tell(new Report({ isTTY, write: (more) => (text += more) }, environment));
  return text;
}

describe("Report", () => {
  test("numbers its steps and lines up what was found", () => {
    const text = written((report) => {
      report.step("One");
      report.ok("a", "1");
      report.step("Two");
      report.expect(true, "something longer", "2");
    }, false);
    expect(text.split("\n")).toEqual([
      "",
      "1. One",
      `   ok  ${"a".padEnd(34)} 1`,
      "",
      "2. Two",
      `   ok  ${"something longer".padEnd(34)} 2`,
      "",
    ]);
  });

  test("expect() throws what was found instead", () => {
    const tell = (report: Report) => report.expect(false, "ping web -> db", "no answer");
    expect(() => written(tell, false)).toThrow(new Unexpected("ping web -> db: no answer"));
  });

  test.each([
    [true, {}, true],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [false, {}, false],
  ])("on a terminal %p with %j there are colours: %p", (isTTY, environment, coloured) => {
    expect(written((report) => report.ok("a"), isTTY, environment).includes("\u001B[32m")).toBe(coloured);
  });
});
