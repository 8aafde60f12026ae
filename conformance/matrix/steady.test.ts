import { expect, test } from "@jest/globals";
import { hostile, sampleReport } from "../formats/sample-report.ts";
import { steadied } from "./steady.ts";

test("steadied() keeps what was found, without this machine's paths and what chance gave", () => {
  const [, failing] = sampleReport.clauses;
  if (failing === undefined) throw new Error("the sample has no failure");
  const verdicts = failing.verdicts.map((verdict) => ({
    ...verdict,
    reason: "/plugins/evil made vetha6c51ead",
  }));
  const { clauses } = steadied({ ...sampleReport, clauses: [{ ...failing, verdicts }] });
  expect(clauses[0]?.verdicts[0]).toMatchObject({
    reason: "$CNI_PATH/evil made veth(…)",
    calls: [],
    outcome: "fail",
  });
  expect(steadied(sampleReport).clauses[1]?.verdicts[0]?.reason).toContain(hostile);
});
