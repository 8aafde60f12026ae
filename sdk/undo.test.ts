import { describe, expect, test } from "@jest/globals";
import { silentLog, type Log } from "../cni/log.ts";
import { withUndo } from "./undo.ts";

function recorder(): { log: Log; warnings: string[] } {
  const warnings: string[] = [];
  return { log: { ...silentLog, warn: (message) => void warnings.push(message) }, warnings };
}

describe("withUndo()", () => {
  test("gives the result and undoes nothing", async () => {
    const undone: string[] = [];
    const result = await withUndo(silentLog, async (undo) => {
      undo("one", () => void undone.push("one"));
      return 7;
    });
    expect({ result, undone }).toEqual({ result: 7, undone: [] });
  });

  test("undoes newest first, waiting for each, and throws the original error", async () => {
    const undone: string[] = [];
    const work = withUndo(silentLog, async (undo) => {
      undo("one", () => void undone.push("one"));
      undo("two", async () => {
        await Promise.resolve();
        undone.push("two");
      });
      throw new Error("the original");
    });
    await expect(work).rejects.toThrow("the original");
    expect(undone).toEqual(["two", "one"]);
  });

  test("a step that fails keeps no other from running, and is told to the log alone", async () => {
    const undone: string[] = [];
    const { log, warnings } = recorder();
    const work = withUndo(log, async (undo) => {
      undo("remove one", () => void undone.push("one"));
      undo("remove two", () => {
        throw new Error("stuck");
      });
      throw new Error("the original");
    });
    await expect(work).rejects.toThrow("the original");
    expect({ undone, warnings }).toEqual({ undone: ["one"], warnings: ["cannot undo: remove two"] });
  });
});
