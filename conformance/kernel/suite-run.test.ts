/** How a run of the suite deals with cases that do not end, and with harm of its own making. */
import { expect, test } from "@jest/globals";
import { destroy } from "../catalogue/footprint.ts";
import { describeWith } from "../node/index.ts";
import type { Clause } from "../suite/clause.ts";
import { runClauses } from "../suite/run.ts";
import type { Subject } from "../suite/subject.ts";
import type { Trial } from "../suite/trial.ts";
import { Overdue } from "../suite/verdict.ts";

const subject: Subject = {
  folder: "/usr/bin",
  type: "true",
  kind: "interface",
  configuration: { name: "net", type: "true" },
  description: "",
  versions: ["1.1.0"],
};

function clause(id: string, run: Clause["run"]): Clause {
  return { id, strength: "MUST", profile: "spec", section: "", statement: "", observed: "", run };
}

async function outcomesOf(
  ...runs: readonly Clause["run"][]
): Promise<readonly (readonly [string, string])[]> {
  const clauses = runs.map((run, index) => clause(`X-${index}`, run));
  const reports = await runClauses({ subject, clauses, jobs: 1, lacks: new Map() });
  return reports.flatMap(({ verdicts }) =>
    verdicts.map(({ outcome, reason }): [string, string] => [outcome, reason]),
  );
}

const hang = (): Promise<void> => Promise.reject(new Overdue("not ended after 15 s"));
const pass = (): Promise<void> => Promise.resolve();

function times<T>(number: number, item: T): readonly T[] {
  return Array.from({ length: number }, () => item);
}

describeWith({}, "runClauses()", () => {
  test("gives up on a plugin that hangs, and says so", async () => {
    const found = await outcomesOf(...times(7, hang), pass);
    expect(found.slice(0, 5)).toEqual(times(5, ["fail", "not ended after 15 s"]));
    expect(found.slice(5)).toEqual(times(3, ["skipped", expect.stringContaining("the plugin hangs")]));
  });

  test("does not give up on one that hangs now and then", async () => {
    const found = await outcomesOf(...times(4, hang), pass, ...times(4, hang), pass);
    expect(found.map(([outcome]) => outcome)).toEqual([
      ...times(4, "fail"),
      "pass",
      ...times(4, "fail"),
      "pass",
    ]);
  });

  test("takes neither the end of its time nor a signal for a refusal", async () => {
    const dies = async (trial: Trial): Promise<void> => {
      trial.node.write("/var/lib/node/dies", "#!/bin/sh\nkill -ABRT $$\n");
      await trial.node.run("chmod", ["+x", "/var/lib/node/dies"]);
      await trial.fail("ADD", { type: "../../var/lib/node/dies" });
    };
    expect(await outcomesOf(dies)).toEqual([
      ["fail", expect.stringContaining("ADD must end by itself, and died of SIGABRT")],
    ]);
  });

  test.each(["ADD", "STATUS"])(
    "a machine that lacks what the plugin needs is no word about its %s",
    async (command) => {
      const without = { subject: { ...subject, configuration: { name: "net", type: "vlan" } }, jobs: 1 };
      const clauses = [
        clause("X-1", async (trial) => void (await trial.call(command))),
        clause("X-2", async (trial) => void (await trial.call("VERSION"))),
      ];
      const lacks = new Map([["802.1Q", "no 802.1Q"]] as const);
      const lacking = await runClauses({ ...without, clauses, lacks });
      expect(lacking.map(({ outcome }) => outcome)).toEqual(["skipped", "pass"]);
      expect(lacking[0]?.verdicts[0]?.reason).toBe("no 802.1Q");
      const all = await runClauses({ ...without, clauses, lacks: new Map() });
      expect(all.map(({ outcome }) => outcome)).toEqual(["pass", "pass"]);
    },
  );

  test("of a VLAN there is one attachment at a time, and more are not asked for", async () => {
    const add = async (trial: Trial, box = trial.box) => void (await trial.call("ADD", { of: box }));
    const clauses = [
      clause("X-1", async (trial) => {
        await add(trial);
        await add(trial);
        await trial.call("DEL");
        await add(trial, await trial.addBox("two"));
      }),
      clause("X-2", async (trial) => {
        await add(trial);
        await add(trial, await trial.addBox("two"));
      }),
    ];
    const outcomes = async (type: string) => {
      const judged = { ...subject, configuration: { name: "net", type } };
      const reports = await runClauses({ subject: judged, clauses, jobs: 1, lacks: new Map() });
      return reports.map(({ outcome }) => outcome);
    };
    expect(await outcomes("vlan")).toEqual(["pass", "not applicable"]);
    expect(await outcomes("macvlan")).toEqual(["pass", "pass"]);
  });

  test("a tool that fails says nothing about the plugin", async () => {
    const breaks = async (trial: Trial): Promise<void> => {
      await trial.node.run("ip", ["link", "show", "none"]);
    };
    expect(await outcomesOf(breaks)).toEqual([["error", expect.stringContaining('"none" does not exist')]]);
  });

  test("a namespace that does not go away is nobody's failure", async () => {
    const held = async (trial: Trial): Promise<void> => {
      const script = "ip link add v0 type veth peer name eth0 netns one";
      await trial.node.run("sh", ["-ec", script]);
      await using _holder = await trial.node.background("sleep", ["60"], { namespace: "one" });
      await destroy(trial, trial.box);
    };
    expect(await outcomesOf(held)).toEqual([
      ["error", expect.stringContaining("are still there after 10 s")],
    ]);
  });

  test("lets nothing of a case that is over reach another host", async () => {
    let late: Promise<unknown> = Promise.resolve();
    const goesOn = (trial: Trial): Promise<void> => {
      late = new Promise((resolve) => setTimeout(resolve, 500))
        .then(() => trial.snapshot())
        .catch((error: unknown) => error);
      return Promise.resolve();
    };
    await outcomesOf(goesOn);
    expect(String(await late)).toContain("has stopped");
  });
});
