/** Values of the options that narrow and pace a run, checked. */
import { isVersion, versions, type Version } from "../../cni/version.ts";
import { profiles, type Clause } from "../../conformance/suite/clause.ts";
import { unknownIds, type Choice } from "../../conformance/suite/plan.ts";
import { UsageError } from "./usage-error.ts";

/** Of an option that takes a list and may be repeated. */
export function listed(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(",").map((item) => item.trim()));
}

/** @throws UsageError */
export function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${option} is "${text}": it takes ${allowed.join(", ")}`);
}

/** @throws UsageError */
export function readProfiles(texts: readonly string[]): Choice["profiles"] {
  return texts.length === 0 ? profiles : texts.map((text) => oneOf("profile", text, profiles));
}

/** @throws UsageError */
export function readOnly(texts: readonly string[], catalogue: readonly Clause[]): readonly string[] {
  const unknown = unknownIds(catalogue, texts);
  if (unknown.length === 0) return texts;
  const what = unknown.map((id) => `"${id}"`).join(", ");
  throw new UsageError(
    `--only has ${what}: no clause or group of clauses is called that; trestle conformance --list has them`,
  );
}

/** @throws UsageError */
export function readVersion(text: string): Version {
  if (isVersion(text)) return text;
  throw new UsageError(`--version is "${text}": it takes ${versions.join(", ")}`);
}

/** Cases at a time. @throws UsageError */
export function readJobs(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 256) return jobs;
  throw new UsageError(`--jobs is "${text}": it takes a whole number from 1 to 256`);
}
