import { expect, test } from "@jest/globals";
import { Schedule } from "./schedule.ts";

test("Schedule writes one directive a line, in the fields that spawn.c reads", () => {
  const schedule = new Schedule();
  schedule.netns("/run/netns/a");
  schedule.shell("say it", ["echo", "it's"]);
  schedule.pause(25);
  schedule.pause(0);
  schedule.measure("tag", [
    { argv: ["/bin/x", "one"], env: { A: "1", B: "2" }, stdin: "/conf", save: "slot" },
    { argv: ["/bin/y"], env: {}, previous: "slot" },
  ]);
  expect(schedule.toString().split("\n")).toEqual([
    "netns\t/run/netns/a",
    String.raw`shell	say it	'echo' 'it'\''s' 2>&1`,
    "pause\t25",
    "op\ttag\t/conf\t-\tslot\t2\t/bin/x\tone\tA=1\tB=2",
    "op\ttag\t-\tslot\t-\t1\t/bin/y",
    "go\ttag",
    "",
  ]);
  expect(schedule.groups).toBe(1);
});

test("Schedule refuses what would be read as something else", () => {
  expect(() => new Schedule().netns("/run/a\tb")).toThrow("tab");
  expect(() => new Schedule().shell("a", ["x\ny"])).toThrow("line break");
});
