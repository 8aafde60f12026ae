import { expect, test } from "@jest/globals";
import { Absent } from "../node/absent.ts";
import { Fault, NotApplicable, outcomeOf, Overdue, Skipped } from "./verdict.ts";

test.each([
  [new Fault("x"), "fail"],
  [new Overdue("x"), "fail"],
  [new Absent("no link"), "fail"],
  [new NotApplicable("x"), "not applicable"],
  [new Skipped("x"), "skipped"],
  [new Error("ip: exit 1"), "error"],
  [new TypeError("undefined"), "error"],
  ["text", "error"],
])("outcomeOf(%p) is %s", (thrown, outcome) => {
  expect(outcomeOf(thrown)).toBe(outcome);
});
