/** How a plugin may refuse a command in versions from before that command. */
import { isJsonObject } from "../../cni/json-object.ts";
import { isAtLeast, isVersion, type Version } from "../../cni/version.ts";
import type { Trial } from "../suite/trial.ts";

/**
 * 1, the version does not have the command; also 4, an unknown command, for a plugin whose versions all are older than that: it cannot
 * tell the command from a misspelt one.
 */
export async function codesBefore(trial: Trial, first: Version): Promise<readonly number[]> {
  const { json } = await trial.call("VERSION", { stdin: JSON.stringify({ cniVersion: trial.version }) });
  const told = isJsonObject(json) ? json["supportedVersions"] : undefined;
  const versions = Array.isArray(told) ? told.map(String).filter(isVersion) : [];
  const knowsCommand = versions.some((version) => isAtLeast(version, first));
  return knowsCommand ? [1] : [1, 4];
}
