import { describe, expect, test } from "@jest/globals";
import { latencyLine } from "./latency-line.ts";

describe("latencyLine()", () => {
  test("tells median and nine of ten, and what the measuring takes", () => {
    const line = latencyLine([
      { command: "start", medianMs: 3.1, ninetiethMs: 4 },
      { command: "ADD", medianMs: 14.2, ninetiethMs: 16 },
      { command: "DEL", medianMs: 31, ninetiethMs: 35.1 },
    ]);
    expect(line).toBe(
      "median (90 %) in ms: ADD 14.2 (16), DEL 31 (35.1); a program that does nothing, started the same way: 3.1 (4)",
    );
  });

  test.each([[undefined], [[]]])("says nothing of nothing: %j", (measured) => {
    expect(latencyLine(measured)).toBeUndefined();
  });
});
