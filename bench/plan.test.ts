import { describe, expect, test } from "@jest/globals";
import type { Contestant } from "./contestant.ts";
import { planAttachments, planVersions, roundsFor, tagText, warmUpTag } from "./plan.ts";
import { seededRandom } from "./random.ts";
import type { Scenario } from "./scenario.ts";

const scenario: Scenario = {
  name: "masq",
  title: "with masquerade",
  kind: "attachment",
  isDualStack: true,
  isMasqueraded: true,
  atOnce: [1, 8],
};

function contestant(name: string): Contestant {
  const start = (operation: string, containerId: string) => ({
    argv: [`/${name}`, operation, containerId] as const,
    env: {},
  });
  return {
    name,
    description: name,
    leaseFolder: () => `/leases/${name}`,
    prepare: () => undefined,
    add: (_, attachment) => ({ ...start("add", attachment.containerId), save: attachment.slot }),
    del: (_, attachment) => ({ ...start("del", attachment.containerId), previous: attachment.slot }),
  };
}

const options = { rounds: 8, atOnce: [1, 8], gapMs: 5, stateFolder: "/leases" };

function plan(): string[] {
  const schedule = planAttachments(scenario, ["ours", "floor"].map(contestant), {
    ...options,
    random: seededRandom(1),
  });
  return schedule.toString().split("\n");
}

function count(lines: readonly string[], start: string): number {
  return lines.filter((line) => line.startsWith(start)).length;
}

describe("planAttachments()", () => {
  test("gives each contestant as many runs as the others", () => {
    const lines = plan();
    for (const name of ["ours", "floor"]) {
      for (const operation of ["add", "del"] as const) {
        const tag = (atOnce: number) => tagText({ scenario: "masq", atOnce, contestant: name, operation });
        expect(count(lines, `go\t${tag(1)}`)).toBe(8);
        expect(count(lines, `op\t${tag(8)}`)).toBe(8 * roundsFor(8, 8));
      }
    }
  });

  test("deletes each attachment right after it was added, before anybody else's turn", () => {
    const measured = plan()
      .filter((line) => line.startsWith("op\t") && !line.startsWith(`op\t${warmUpTag}`))
      .map((line) => line.split("\t"))
      .map((fields) => ({ operation: fields[7], container: fields[8] }));
    const open = new Set<string | undefined>();
    const broken: unknown[] = [];
    for (const { operation, container } of measured) {
      const isExpected = operation === "add" ? !open.has(container) : open.delete(container);
      if (operation === "add") open.add(container);
      const owners = new Set([...open].map((name) => name?.split("-")[0]));
      if (!isExpected || owners.size > 1) broken.push({ operation, container, owners });
    }
    expect(broken).toEqual([]);
    expect(open.size).toBe(0);
  });

  test("verifies the job of each before anything is measured", () => {
    const lines = plan();
    const firstMeasured = lines.findIndex((line) => line.startsWith("op\t{"));
    const verified = lines.slice(0, firstMeasured).filter((line) => line.startsWith("shell\tverify"));
    expect(verified).toHaveLength(8);
    expect(lines.slice(firstMeasured).some((line) => line.startsWith("shell"))).toBe(false);
  });

  test("is the same for the same seed", () => {
    expect(plan()).toEqual(plan());
  });
});

test("planVersions() starts everybody in each round", () => {
  const starters = ["a", "b", "c"].map((name) => ({ name, start: { argv: [`/${name}`] as const, env: {} } }));
  const schedule = planVersions({ ...scenario, kind: "version" }, starters, {
    ...options,
    random: seededRandom(1),
  });
  const lines = schedule.toString().split("\n");
  expect(count(lines, 'go\t{"scenario":"masq","atOnce":1,"contestant":"b"')).toBe(8);
  expect(count(lines, `go\t${warmUpTag}`)).toBe(6);
});
