/** VER: the VERSION command; specification section 2, "VERSION". */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { isVersion, versions } from "../../cni/version.ts";
import { claim, claimMatch, claimSame, show } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { said, type CallOptions, type Trial } from "../suite/trial.ts";
import { claimAttached } from "./footprint.ts";

const section = "2 VERSION";
const versionForm = /^\d+\.\d+\.\d+$/;

/** Asks for the versions. @throws Fault unless it answers with one object that lists some */
async function versionsOf(
  trial: Trial,
  options: CallOptions,
): Promise<JsonObject & { listed: readonly string[] }> {
  const ended = await trial.call("VERSION", options);
  claimSame("the exit code of VERSION", ended.exitCode, 0);
  claim(isJsonObject(ended.json), `VERSION must print one JSON object, found ${said(ended)}`);
  const listed = ended.json["supportedVersions"];
  claim(
    Array.isArray(listed) && listed.length > 0,
    `supportedVersions must be a list, found ${show(listed)}`,
  );
  return { ...ended.json, listed: listed.map(String) };
}

export const versionClauses: readonly Clause[] = [
  {
    id: "VER-01",
    strength: "MUST",
    profile: "spec",
    section,
    since: "0.2.0",
    statement: "VERSION prints the versions that the plugin speaks.",
    observed: "One object with cniVersion and a list of versions, the trial's among them; exit 0.",
    run: async (trial) => {
      const { listed } = await versionsOf(trial, { stdin: JSON.stringify({ cniVersion: trial.version }) });
      for (const version of listed) claimMatch("a supported version", version, versionForm);
      claim(listed.includes(trial.version), `${trial.version} must be among ${show(listed)}`);
    },
  },
  {
    id: "VER-02",
    strength: "MUST",
    profile: "spec",
    section,
    since: "0.2.0",
    statement:
      "The answer to VERSION says which version it is in: the one that was asked in, or another that the plugin speaks.",
    observed: "cniVersion of the answer, and its list.",
    run: async (trial) => {
      const reply = await versionsOf(trial, { stdin: JSON.stringify({ cniVersion: trial.version }) });
      const allowed = [trial.version, ...reply.listed];
      claim(
        allowed.some((version) => version === reply["cniVersion"]),
        `cniVersion must be one of ${allowed.join(", ")}, found ${show(reply["cniVersion"])}`,
      );
    },
  },
  {
    id: "VER-03",
    strength: "SHOULD",
    profile: "spec",
    section,
    isVersionless: true,
    statement: "VERSION needs no other variable and nothing on standard input.",
    observed: "VERSION with CNI_COMMAND alone and empty standard input lists versions.",
    run: async (trial) => {
      const names = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH"];
      await versionsOf(trial, { stdin: "", env: Object.fromEntries(names.map((name) => [name, undefined])) });
    },
  },
  {
    id: "VER-04",
    strength: "MUST",
    profile: "compat",
    section: "Go library",
    isVersionless: true,
    statement: "The way in which runtimes ask for versions is understood: dummy variables, no configuration.",
    observed:
      'VERSION with dummies for namespace, interface and path, and {"cniVersion":"1.1.0"} on standard input.',
    run: async (trial) => {
      const env = { CNI_CONTAINERID: undefined, CNI_NETNS: "dummy", CNI_IFNAME: "dummy", CNI_PATH: "dummy" };
      await versionsOf(trial, { stdin: '{"cniVersion":"1.1.0"}', env });
    },
  },
  {
    id: "VER-05",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    isVersionless: true,
    statement: "Versions are listed from the oldest to the newest.",
    observed: "The order of supportedVersions.",
    run: async (trial) => {
      const { listed } = await versionsOf(trial, { stdin: "{}" });
      const known = listed.filter(isVersion);
      claimSame(
        "the order",
        known,
        versions.filter((version) => known.includes(version)),
      );
    },
  },
  {
    id: "VER-06",
    strength: "MUST",
    profile: "spec",
    section: "Version considerations",
    statement: "A version that is listed is also served.",
    observed: "The version is in supportedVersions, and ADD and DEL in it succeed.",
    run: async (trial) => {
      const { listed } = await versionsOf(trial, { stdin: "{}" });
      claim(listed.includes(trial.version), `${trial.version} must be among ${show(listed)}`);
      const added = await trial.add();
      await claimAttached(trial, added);
      await trial.succeed("DEL", trial.final(added));
    },
  },
  {
    id: "VER-07",
    strength: "MUST",
    profile: "quality",
    section,
    isVersionless: true,
    statement: "VERSION changes nothing.",
    observed: "Snapshots of the host before and after a VERSION that answers.",
    run: async (trial) => {
      const before = await trial.snapshot();
      await versionsOf(trial, { config: trial.configuration() });
      await trial.claimUnchanged("VERSION changed the host", before);
    },
  },
];
