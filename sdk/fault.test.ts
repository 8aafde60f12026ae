import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { CniError } from "../cni/error.ts";
import { errno, SyscallError } from "../sys/errno.ts";
import { toCniError } from "./fault.ts";

function thrownBy(step: () => unknown): unknown {
  try {
    return step();
  } catch (error) {
    return error;
  }
}

const forbidden = Object.assign(new Error("EACCES: permission denied, open '/x'"), {
  code: "EACCES",
  syscall: "open",
});

describe("toCniError()", () => {
  test("leaves errors of the protocol as they are", () => {
    const error = new CniError(11, "busy");
    expect(toCniError(error)).toBe(error);
  });

  test.each<[string, unknown, number, string]>([
    ["a system call", new SyscallError("open", errno.ENOSPC, "/x"), 5, "no space left"],
    ["a system call that is forbidden", new SyscallError("setns", errno.EPERM), 106, "not permitted"],
    ["the platform's own", thrownBy(() => readFileSync("/nowhere/at/all")), 5, "/nowhere/at/all"],
    ["the platform's own that is forbidden", forbidden, 106, "'/x'"],
    ["a fault", new TypeError("x is not a function"), 999, "internal error: x is not a function"],
    ["an error with a code but of no system call", Object.assign(new Error("no"), { code: "E" }), 999, "no"],
    ["text", "thrown away", 999, "internal error: thrown away"],
    ["nothing", undefined, 999, "internal error: undefined"],
  ])("gives %s a code", (_what, error, code, says) => {
    const found = toCniError(error);
    expect(found).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(found.cause).toBe(error);
  });

  test("says whose fault an unknown error is", () => {
    expect(toCniError(new Error("x")).details).toContain("a fault of the plugin");
    expect(toCniError(new Error("x"), "trestle").details).toContain("a fault of trestle");
  });
});
