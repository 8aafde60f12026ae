import { expect, test } from "@jest/globals";
import { isAtLeast, isVersion, newestVersion, resultShape, versions } from "./version.ts";

test.each(versions)("isVersion() knows %s", (version) => {
  expect(isVersion(version)).toBe(true);
});

test.each(["", "1.0", "v1.0.0", "1.0.0 ", "1.0.00", "2.0.0"])("isVersion() refuses %j", (text) => {
  expect(isVersion(text)).toBe(false);
});

test("isAtLeast() follows the order of versions", () => {
  for (const [at, version] of versions.entries()) {
    for (const [other, bound] of versions.entries()) expect(isAtLeast(version, bound)).toBe(at >= other);
  }
  expect(versions.at(-1)).toBe(newestVersion);
});

test.each([
  ["0.1.0", "ip4/ip6"],
  ["0.2.0", "ip4/ip6"],
  ["0.3.0", "ips with version"],
  ["0.3.1", "ips with version"],
  ["0.4.0", "ips with version"],
  ["1.0.0", "ips"],
  ["1.1.0", "ips"],
] as const)("results of %s have the shape %s", (version, shape) => {
  expect(resultShape(version)).toBe(shape);
});
