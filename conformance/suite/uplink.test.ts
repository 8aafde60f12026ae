import { expect, test } from "@jest/globals";
import { needsUplink } from "./uplink.ts";

test.each([
  [{ master: "uplink0" }, true],
  [{ links: [{ device: "uplink0" }] }, true],
  [{ master: "uplink01" }, false],
  [{}, false],
])("needsUplink() of %j is %s", (configuration, expected) => {
  expect(needsUplink({ configuration })).toBe(expected);
});
