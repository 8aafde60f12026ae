import { describe, expect, test } from "@jest/globals";
import { ProgressLine } from "./progress-line.ts";

const clause = {
  id: "ENV-05",
  strength: "MUST",
  profile: "spec",
  section: "",
  statement: "",
  observed: "",
  run: () => Promise.resolve(),
} as const;

/** Shows a line at each of these seconds. */
function shownAt(seconds: readonly number[], isTerminal: boolean): string[] {
  const written: string[] = [];
  let now = 0;
  const line = new ProgressLine({ isTerminal, now: () => now * 1000, write: (text) => written.push(text) });
  for (const second of seconds) {
    now = second;
    line.show({ done: second, all: 770, failed: second > 9 ? 2 : 0, last: { clause, version: "1.0.0" } });
  }
  line.clear();
  return written;
}

describe("ProgressLine", () => {
  test("rewrites its line on a terminal, and takes it away", () => {
    expect(shownAt([1, 3, 10], true)).toEqual([
      "\r\u001B[K3/770  ENV-05 1.0.0  none failed",
      "\r\u001B[K10/770  ENV-05 1.0.0  2 failed",
      "\r\u001B[K",
    ]);
  });

  test("is a line every ten seconds in a log", () => {
    expect(shownAt([1, 3, 10, 12, 19, 21], false)).toEqual([
      "10/770  ENV-05 1.0.0  2 failed\n",
      "21/770  ENV-05 1.0.0  2 failed\n",
    ]);
  });

  test("of what is over in less than two seconds there is nothing", () => {
    expect([...shownAt([1, 1], true), ...shownAt([1, 1], false)]).toEqual([]);
  });
});
