import { expect, test } from "@jest/globals";
import { CniError, errorCodes, formatError } from "./error.ts";

test("formatError() writes one JSON document", () => {
  const error = new CniError(errorCodes.invalidConfiguration, 'bad "mtu"', { details: "use 68-65535" });
  const text = formatError(error, "0.4.0");
  expect(text).toBe(
    '{\n    "cniVersion": "0.4.0",\n    "code": 7,\n    "msg": "bad \\"mtu\\"",\n    "details": "use 68-65535"\n}\n',
  );
});

test("formatError() leaves absent details out", () => {
  expect(JSON.parse(formatError(new CniError(999, "x"), "1.1.0"))).toEqual({
    cniVersion: "1.1.0",
    code: 999,
    msg: "x",
  });
});

test("CniError keeps its cause", () => {
  const cause = new Error("below");
  expect(new CniError(5, "above", { cause }).cause).toBe(cause);
  expect("cause" in new CniError(5, "above")).toBe(false);
});

test("codes of our own start at 100 and no code is used twice", () => {
  const codes = Object.values(errorCodes);
  expect(new Set<number>(codes).size).toBe(codes.length);
  const specified = [1, 2, 3, 4, 5, 6, 7, 8, 11, 50, 51, 999];
  expect(codes.filter((code) => code < 100 || code === 999).toSorted((a, b) => a - b)).toEqual(specified);
});
