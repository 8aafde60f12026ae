import { expect, test } from "@jest/globals";
import { chooseVersion } from "./choose-version.ts";

test.each<[cniVersion: string, cniVersions: string[] | undefined, chosen: string]>([
  ["1.0.0", undefined, "1.0.0"],
  ["", undefined, ""],
  ["9.9.9", undefined, "9.9.9"],
  ["latest", undefined, "latest"],
  ["0.3.1", ["0.3.1", "0.4.0", "1.0.0"], "1.0.0"],
  ["1.0.0", ["0.3.1", "0.4.0"], "1.0.0"],
  ["", ["0.4.0", "1.1.0", "1.0.0"], "1.1.0"],
  ["", ["0.4.0", "1.2.0", "2.0.0"], "0.4.0"],
  ["2.0.0", ["0.4.0"], "0.4.0"],
  ["2.0.0", ["3.0.0"], "2.0.0"],
  ["", ["2.0.0", "3.0.0"], "3.0.0"],
  ["0.4.0", [], "0.4.0"],
  ["", [], ""],
])("of %j and %j it is %j", (cniVersion, cniVersions, chosen) => {
  expect(chooseVersion(cniVersion, cniVersions)).toBe(chosen);
});

test.each<[cniVersion: string, cniVersions: string[], key: string]>([
  ["1.0.0", ["1.0.0", "v1"], "cniVersions[1]"],
  ["1.0.0", ["1.0.0.0"], "cniVersions[0]"],
  ["1.x", ["1.0.0"], "cniVersion"],
])("%j and %j are refused", (cniVersion, cniVersions, key) => {
  expect(() => chooseVersion(cniVersion, cniVersions)).toThrow(
    expect.objectContaining({ code: 6, message: expect.stringContaining(`"${key}" is`) }),
  );
});
