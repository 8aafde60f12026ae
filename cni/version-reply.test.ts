import { describe, expect, test } from "@jest/globals";
import { describeVersions } from "./version-reply.ts";
import { newestVersion, versions } from "./version.ts";

describe("describeVersions()", () => {
  test.each([
    ["", newestVersion],
    [" \n", newestVersion],
    ["{}", newestVersion],
    ['{"cniVersion":"9.9.9"}', newestVersion],
    ['{"cniVersion":4}', newestVersion],
    ["[]", newestVersion],
    ["null", newestVersion],
    ...versions.map((version) => [JSON.stringify({ cniVersion: version }), version] as const),
  ])("answers %j in %s", (input, cniVersion) => {
    const { exitCode, output } = describeVersions(input);
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toEqual({ cniVersion, supportedVersions: [...versions] });
    expect(output.endsWith("\n")).toBe(true);
  });

  test.each(["{", "{}{}", "text"])("refuses %j", (input) => {
    const { exitCode, output } = describeVersions(input);
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      cniVersion: newestVersion,
      code: 6,
      msg: expect.stringContaining("cannot decode standard input of VERSION"),
    });
  });
});
