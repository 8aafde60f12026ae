import { describe, expect, test } from "@jest/globals";
import { CniError } from "../cni/error.ts";
import { attemptAll, Failures } from "./failures.ts";

describe("Failures", () => {
  test("without one, nothing is thrown", async () => {
    const failures = new Failures();
    expect(await failures.attempt(() => undefined)).toBe(true);
    expect(() => failures.throwTogether()).not.toThrow();
    expect(failures.messages).toEqual([]);
  });

  test("a single one is thrown as it is", async () => {
    const failures = new Failures();
    const error = new CniError(11, "busy", { details: "try again" });
    expect(await failures.attempt(() => Promise.reject(error))).toBe(false);
    expect(() => failures.throwTogether()).toThrow(error);
  });

  test("several are told together, under the code and details of the first", async () => {
    const failures = new Failures();
    for (const error of [new CniError(5, "one", { details: "mend it" }), new CniError(7, "two")]) {
      await failures.attempt(() => {
        throw error;
      });
    }
    expect(() => failures.throwTogether()).toThrow(
      expect.objectContaining({ code: 5, message: "one; two", details: "mend it" }),
    );
  });

  test("errors get their codes from the plugin's own function where it has one", async () => {
    const failures = new Failures(() => new CniError(123, "mine"));
    await failures.attempt(() => Promise.reject(new Error("anything")));
    expect(() => failures.throwTogether()).toThrow(expect.objectContaining({ code: 123 }));
  });
});

test("attemptAll() does all that can be done", async () => {
  const done: number[] = [];
  const step = (item: number) => {
    if (item === 2) throw new CniError(5, "not two");
    done.push(item);
  };
  await expect(attemptAll([1, 2, 3], step)).rejects.toThrow("not two");
  expect(done).toEqual([1, 3]);
});
