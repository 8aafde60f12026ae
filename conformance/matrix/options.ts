/** What `make conformance-matrix` was asked to do. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Version } from "../../cni/version.ts";
import {
  listed,
  readJobs,
  readOnly,
  readProfiles,
  readVersion,
} from "../../cli/conformance/option-values.ts";
import { UsageError } from "../../cli/conformance/usage-error.ts";
import type { Clause } from "../suite/clause.ts";
import type { Choice } from "../suite/plan.ts";

/** The matrix of everything, which others read. */
const published = "docs/conformance";

export interface MatrixOptions {
  readonly choice: Choice;
  readonly version: Version | undefined;
  readonly jobs: number;
  /** Folder that the pages go to. */
  readonly to: string;
}

interface Surroundings {
  readonly catalogue: readonly Clause[];
  readonly processors: number;
}

/** @throws UsageError */
export function readMatrixOptions(
  args: readonly string[],
  { catalogue, processors }: Surroundings,
): MatrixOptions {
  const { only, profile, version, jobs, to } = parse(args);
  const isFragment = only.length > 0 || profile.length > 0 || version !== undefined;
  if (isFragment && resolve(to) === resolve(published))
    throw new UsageError(
      `--only, --profile and --version give a part, which must not replace the whole in ${published}: name another folder with --to`,
    );
  return {
    choice: { profiles: readProfiles(listed(profile)), only: readOnly(listed(only), catalogue) },
    version: version === undefined ? undefined : readVersion(version),
    jobs: jobs === undefined ? processors + 1 : readJobs(jobs),
    to,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true, default: [] },
        profile: { type: "string", multiple: true, default: [] },
        version: { type: "string" },
        jobs: { type: "string" },
        to: { type: "string", default: published },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
