import { describe, expect, test } from "@jest/globals";
import { readOptions, UsageError } from "./options.ts";

describe("readOptions()", () => {
  test("without any", () => {
    expect(readOptions([])).toMatchObject({
      rounds: 40,
      atOnce: [1, 8, 32],
      ours: "dist/bin",
      isStateOnDisk: false,
    });
  });

  test("quick is short, and a number of rounds wins over it", () => {
    expect(readOptions(["--quick"])).toMatchObject({ rounds: 8, atOnce: [1, 8] });
    expect(readOptions(["--quick", "--rounds", "3"])).toMatchObject({ rounds: 3 });
  });

  test("chosen cases keep their order", () => {
    const names = readOptions(["--case", "masq", "--case", "version"])?.scenarios.map(({ name }) => name);
    expect(names).toEqual(["version", "masq"]);
  });

  test("help", () => {
    expect(readOptions(["--help"])).toBeUndefined();
  });

  test.each([
    [["--rounds", "0"], '--rounds takes a whole number of at least 1, not "0"'],
    [["--rounds", "many"], '--rounds takes a whole number of at least 1, not "many"'],
    [["--case", "nothing"], "--case takes version or bridge"],
    [["--data-dir-on", "paper"], '--data-dir-on takes tmpfs or disk, not "paper"'],
    [["--nonsense"], "--nonsense"],
  ])("refuses %j", (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});
