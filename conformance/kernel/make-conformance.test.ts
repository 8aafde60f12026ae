/** `make conformance`: one result of several runs. Judges are scripts here: what a run finds is another matter. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { describeWith, repository } from "../node/index.ts";
import { foldersPerTest } from "./executable.ts";

const makeFolder = foldersPerTest();

/** Exit codes of three of the runs; the others find none of the chosen clauses. */
type ExitCodes = Readonly<Record<"bridge" | "hostLocal" | "loopback", number>>;

const types = ["bridge", "host-local", "loopback", "macvlan", "ptp", "tap", "vlan"];

/** Whether make succeeded, and which types were judged with which options. */
async function makeConformance({ bridge, hostLocal, loopback }: ExitCodes, options = "") {
  const folder = makeFolder();
  const script = `#!/bin/sh
echo "$@"
case " $* " in
  *" --type bridge "*) exit ${bridge};;
  *" --type host-local "*) exit ${hostLocal};;
  *" --type loopback "*) exit ${loopback};;
esac
exit 3
`;
  writeFileSync(join(folder, "trestle"), script, { mode: 0o755 });
  const fixed = ["--silent", "conformance", `BIN=${folder}`, "-o", "build", "-o", "packages"];
  const ended = await execa("make", [...fixed, `CONFORMANCE=${options}`], {
    cwd: repository,
    reject: false,
    timeout: 60_000,
  });
  return { succeeds: ended.exitCode === 0, told: ended.stdout };
}

describeWith({ commands: ["make"] }, "make conformance", () => {
  test.each([
    [{ bridge: 0, hostLocal: 0, loopback: 0 }, true],
    [{ bridge: 1, hostLocal: 0, loopback: 0 }, false],
    [{ bridge: 0, hostLocal: 2, loopback: 0 }, false],
    // Clauses of one type alone were asked for.
    [{ bridge: 0, hostLocal: 3, loopback: 3 }, true],
    [{ bridge: 3, hostLocal: 3, loopback: 0 }, true],
    [{ bridge: 1, hostLocal: 3, loopback: 3 }, false],
    [{ bridge: 3, hostLocal: 0, loopback: 1 }, false],
    // Of none.
    [{ bridge: 3, hostLocal: 3, loopback: 3 }, false],
  ])("%j: succeeds is %s, after all of them", async (exitCodes, expected) => {
    const { succeeds, told } = await makeConformance(exitCodes);
    expect(told.match(/--type \S+/g)).toEqual(types.map((type) => `--type ${type}`));
    expect(succeeds).toBe(expected);
  });

  test("hands its options on", async () => {
    const { told } = await makeConformance({ bridge: 0, hostLocal: 3, loopback: 3 }, "--only BRG --jobs 2");
    expect(told.match(/ --only BRG --jobs 2$/gm)).toHaveLength(types.length);
  });
});
