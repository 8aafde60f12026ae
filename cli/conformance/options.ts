/** What `trestle conformance` was asked to do, as far as the command line alone tells. */
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Version } from "../../cni/version.ts";
import { kinds, type Clause, type Kind } from "../../conformance/suite/clause.ts";
import type { Choice } from "../../conformance/suite/plan.ts";
import { listed, oneOf, readJobs, readOnly, readProfiles, readVersion } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

export const formats = ["table", "json", "junit", "html", "markdown"] as const;
export type Format = (typeof formats)[number];

export interface RunOptions {
  /** Absolute, links not followed. */
  readonly folder: string;
  readonly type: string;
  readonly kind: Kind | undefined;
  readonly version: Version | undefined;
  readonly choice: Choice;
  readonly jobs: number;
  readonly format: Format;
  /** Absolute paths of files. */
  readonly config: string | undefined;
  readonly known: string | undefined;
  readonly out: string | undefined;
}

export interface ListOptions {
  readonly type: string | undefined;
  readonly kind: Kind | undefined;
  readonly choice: Choice;
  readonly isJson: boolean;
}

export type Options =
  | { readonly task: "help" }
  | { readonly task: "list"; readonly list: ListOptions }
  | { readonly task: "run"; readonly run: RunOptions };

interface Surroundings {
  readonly catalogue: readonly Clause[];
  readonly workingFolder: string;
  readonly processors: number;
}

/** @throws UsageError */
export function readOptions(args: readonly string[], surroundings: Surroundings): Options {
  const values = parse(args);
  if (values.help || args.length === 0) return { task: "help" };
  const choice = {
    profiles: readProfiles(listed(values.profile)),
    only: readOnly(listed(values.only), surroundings.catalogue),
  };
  const format = readFormat(values.format, values.json);
  const kind = values.kind === undefined ? undefined : oneOf("kind", values.kind, kinds);
  if (values.list) {
    if (format !== "json" && format !== "table")
      throw new UsageError(`--list comes as table or json, not as ${format}`);
    return { task: "list", list: { type: values.type, kind, choice, isJson: format === "json" } };
  }
  const absolute = (path: string): string => resolve(surroundings.workingFolder, path);
  const pathOf = (option: "config" | "known" | "out"): string | undefined =>
    values[option] === undefined ? undefined : absolute(demanded(option, values[option]));
  const run = {
    folder: absolute(demanded("plugin-dir", values["plugin-dir"])),
    type: readType(demanded("type", values.type)),
    kind,
    version: values.version === undefined ? undefined : readVersion(values.version),
    choice,
    jobs: values.jobs === undefined ? surroundings.processors + 1 : readJobs(values.jobs),
    format,
    config: pathOf("config"),
    known: pathOf("known"),
    out: pathOf("out"),
  };
  return { task: "run", run };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        "plugin-dir": { type: "string" },
        type: { type: "string" },
        kind: { type: "string" },
        config: { type: "string" },
        profile: { type: "string", multiple: true, default: [] },
        only: { type: "string", multiple: true, default: [] },
        version: { type: "string" },
        format: { type: "string" },
        json: { type: "boolean", default: false },
        out: { type: "string" },
        known: { type: "string" },
        jobs: { type: "string" },
        list: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** `--json` is short for one of the formats, and contradicts the others. */
function readFormat(text: string | undefined, isJson: boolean): Format {
  const format = oneOf("format", text ?? (isJson ? "json" : "table"), formats);
  if (isJson && format !== "json")
    throw new UsageError(`--json and --format ${format} contradict each other: give one of them`);
  return format;
}

/** An empty text is a variable of a script that was not set. */
function demanded(option: string, text: string | undefined): string {
  if (text === undefined || text === "") throw new UsageError(`--${option} is missing`);
  return text;
}

/** A type is a file's name: a path would leave the folder. */
function readType(text: string): string {
  if (basename(text) === text && text !== "." && text !== "..") return text;
  throw new UsageError(`--type is "${text}": it takes the name of a file in the folder of --plugin-dir`);
}
