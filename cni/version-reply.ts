/** The reply to VERSION; CNI specification 1.1.0, section 2 "VERSION". */
import { isJsonObject } from "./json-object.ts";
import { isVersion, newestVersion, versions } from "./version.ts";

export interface VersionReply {
  readonly exitCode: 0 | 1;
  readonly output: string;
}

function requestedVersion(input: string): string {
  const json: unknown = JSON.parse(input);
  const version = isJsonObject(json) ? json["cniVersion"] : undefined;
  return typeof version === "string" && isVersion(version) ? version : newestVersion;
}

/** All versions that are spoken, labelled with the version that was asked with, or the newest for an unknown one. */
export function describeVersions(input: string): VersionReply {
  try {
    const cniVersion = input.trim() === "" ? newestVersion : requestedVersion(input);
    return { exitCode: 0, output: `${JSON.stringify({ cniVersion, supportedVersions: versions })}\n` };
  } catch (error) {
    const msg = `cannot decode standard input of VERSION: ${(error as Error).message}`;
    return { exitCode: 1, output: `${JSON.stringify({ cniVersion: newestVersion, code: 6, msg })}\n` };
  }
}
