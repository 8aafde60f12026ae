import { describe, expect, test } from "@jest/globals";
import type { Line } from "./fake-host.ts";
import { Collector } from "./measurement.ts";
import { tagText, warmUpTag } from "./plan.ts";

const tag = tagText({ scenario: "masq", atOnce: 2, contestant: "ours", operation: "add" });

function collected(...lines: Line[]): Collector {
  const collector = new Collector();
  for (const line of lines) collector.take(line);
  return collector;
}

function op(changes: Partial<Extract<Line, { op: string }>>): Line {
  return { op: tag, ms: 10, cpuMs: 5, maxRssKb: 2048, status: 0, ...changes };
}

describe("Collector", () => {
  test("gathers a group", () => {
    const collector = collected(
      op({ ms: 10 }),
      op({ ms: 30, maxRssKb: 4096 }),
      { group: tag, size: 2, ms: 32, leftBehind: 0 },
      { late: tag, leftBehind: 1 },
    );
    expect(collector.measurements()).toMatchObject([
      {
        contestant: "ours",
        operation: "add",
        atOnce: 2,
        latency: { count: 2, min: 10, max: 30 },
        wallPerOperation: { p50: 16 },
        maxRssMiB: 4,
        leftBehind: 1,
        failures: 0,
      },
    ]);
    expect(collector.errors.size).toBe(0);
  });

  test("does not count failures, and keeps the first error", () => {
    const collector = collected(
      op({}),
      op({ status: 1, ms: 1, out: '{"code":7}', err: "" }),
      op({ status: 2, out: "" }),
      {
        group: tag,
        size: 3,
        ms: 12,
        leftBehind: 0,
      },
    );
    expect(collector.measurements()).toMatchObject([{ latency: { count: 1, min: 10 }, failures: 2 }]);
    expect([...collector.errors.values()]).toEqual(['exit status 1: {"code":7}']);
  });

  test("leaves the warm-up out, but not its errors", () => {
    const collector = collected(op({ op: warmUpTag }), op({ op: warmUpTag, status: 1, err: "no" }), {
      shell: "verify",
      status: 1,
      out: "leases are left\n",
    });
    expect(collector.measurements()).toEqual([]);
    expect(Object.fromEntries(collector.errors)).toEqual({
      [warmUpTag]: "exit status 1: no",
      verify: "leases are left",
    });
  });
});
