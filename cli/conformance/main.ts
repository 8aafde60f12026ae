/** `trestle conformance`: judges a plugin from the outside. */
import { availableParallelism } from "node:os";
import { isatty } from "node:tty";
import { catalogue } from "../../conformance/catalogue/index.ts";
import { formatSummary } from "../../conformance/formats/table.ts";
import { judgePlugin } from "../../conformance/suite/judge-plugin.ts";
import { staleDifferences, type Differences } from "../../conformance/suite/known-differences.ts";
import { chooseClauses } from "../../conformance/suite/plan.ts";
import { ProgressLine } from "../../conformance/suite/progress-line.ts";
import { count, decisive, type Report } from "../../conformance/suite/report.ts";
import { configurationOf, kindOf } from "../../conformance/suite/subject.ts";
import { writeText } from "../../sys/streams.ts";
import { configurationFor, delegateOf } from "./configuration.ts";
import { findTarget, readDifferences, readJsonObject, replaceFile } from "./files.ts";
import { help } from "./help.ts";
import { listClauses, listClausesAsJson } from "./list.ts";
import { checkExecutables, checkMachine } from "./machine.ts";
import { readOptions, type ListOptions, type Options, type RunOptions } from "./options.ts";
import { formatReport } from "./output.ts";
import { UsageError } from "./usage-error.ts";

/** Nothing was judged, or not all of it: neither a pass nor a failure. */
const notJudged = 2;

/** Not for this plugin is what was asked; of several plugins that are asked the same, others may have it. */
const nothingToJudge = 3;

/** @returns the exit code */
export async function runConformance(args: readonly string[]): Promise<number> {
  try {
    const options = read(args);
    if (options.task === "help") return tell(help);
    if (options.task === "list") return tell(list(options.list));
    return await run(options.run);
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return notJudged;
  }
}

function complain(message: string): void {
  writeText(2, `trestle conformance: ${message}\n`);
}

function read(args: readonly string[]): Options {
  const surroundings = { catalogue, workingFolder: process.cwd(), processors: availableParallelism() };
  try {
    return readOptions(args, surroundings);
  } catch (cause) {
    if (!(cause instanceof UsageError)) throw cause;
    throw new UsageError(`${cause.message}; trestle conformance --help has the usage`, { cause });
  }
}

function tell(text: string): number {
  writeText(1, text);
  return 0;
}

function list({ type, kind, choice, isJson }: ListOptions): string {
  const subject = type === undefined ? undefined : { type, kind: kind ?? kindOf(type, undefined) };
  const clauses = chooseClauses(catalogue, choice, subject);
  return isJson ? listClausesAsJson(clauses) : listClauses(clauses);
}

/** Everything that can be refused is refused before the first case. */
async function run(options: RunOptions): Promise<number> {
  const { folder, type, config, known, out, format } = options;
  const configuration =
    config === undefined ? undefined : configurationFor(type, readJsonObject("config", config));
  const differences = known === undefined ? undefined : readDifferences(known);
  const target = out === undefined ? undefined : findTarget(out);
  checkMachine();
  await checkExecutables({ folder, type, delegate: delegateOf(type, configurationOf(type, configuration)) });

  const report = await judge(options, { configuration, differences });
  if (report.clauses.every(({ verdicts }) => verdicts.length === 0)) {
    complain(`none of the clauses that were chosen is for ${type} in ${versionsOf(report)}`);
    return nothingToJudge;
  }
  const isListed = differences !== undefined;
  const isColoured = target === undefined && isatty(1) && !process.env["NO_COLOR"];
  const text = formatReport(report, { format, isColoured, isListed });
  if (target === undefined) writeText(1, text);
  else {
    replaceFile(target, text);
    writeText(1, `${formatSummary(report)}; ${out} has the report\n`);
  }
  tellStale(differences ?? {}, report);
  if (decisive(report, isListed).length > 0) return 1;
  return count(report.clauses).error > 0 ? notJudged : 0;
}

function versionsOf({ subject }: Report): string {
  return `CNI ${subject.versions.join(", ")}`;
}

interface Material {
  readonly configuration: ReturnType<typeof configurationFor> | undefined;
  readonly differences: Differences | undefined;
}

async function judge(options: RunOptions, { configuration, differences }: Material): Promise<Report> {
  const { folder, type, kind, version, choice, jobs } = options;
  const progress = new ProgressLine({
    isTerminal: isatty(2),
    now: () => performance.now(),
    write: (text) => writeText(2, text),
  });
  endOnSignals(progress);
  const report = await judgePlugin({
    folder,
    type,
    choice,
    jobs,
    onProgress: (state) => progress.show(state),
    ...(kind && { kind }),
    ...(configuration && { configuration }),
    ...(version && { version }),
    ...(differences && { differences }),
  });
  progress.clear();
  return report;
}

/** The hosts end with this process; what their last calls say of it is of no interest, so it ends at once. */
function endOnSignals(progress: ProgressLine): void {
  const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
  for (const [signal, exitCode] of Object.entries(exitCodes)) {
    process.once(signal, () => {
      progress.clear();
      process.exit(exitCode);
    });
  }
}

function tellStale(differences: Differences, report: Report): void {
  for (const [id, why] of staleDifferences(differences, { catalogue, report }))
    complain(`--known lists ${id}, which ${why}`);
}
