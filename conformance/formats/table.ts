/** A report for people, in a terminal or a log. */
import { profiles } from "../suite/clause.ts";
import type { ClauseReport, Report } from "../suite/report.ts";
import { describeCalls } from "./call.ts";
import { printable, printableLine } from "./escape.ts";
import { findingsOf, type Finding } from "./findings.ts";
import { grouped, titleOf } from "./groups.ts";
import { latencyLine } from "./latency-line.ts";
import { tallies } from "./sheet.ts";
import {
  isFailure,
  signs,
  standings,
  standingOf,
  versionSpans,
  words,
  type Standing,
  type Tally,
} from "./standing.ts";

export interface TableOptions {
  /** With the colours of a terminal. */
  readonly isColoured?: boolean;
}

/** Codes of "Select Graphic Rendition". */
const colours: Readonly<Record<Standing | "strong" | "faint", number>> = {
  pass: 32,
  fail: 31,
  should: 35,
  error: 31,
  known: 33,
  skipped: 36,
  "not applicable": 90,
  strong: 1,
  faint: 90,
};

type Paint = (colour: keyof typeof colours, text: string) => string;

function painter({ isColoured = false }: TableOptions): Paint {
  return (colour, text) => (isColoured && text !== "" ? `\u001B[${colours[colour]}m${text}\u001B[0m` : text);
}

/** Clauses by group, what failed with the calls that show it, and totals last, where a terminal stops. */
export function formatTable(report: Report, options: TableOptions = {}): string {
  const paint = painter(options);
  const groups = [...grouped(report.clauses, ({ clause }) => clause)];
  const parts = [
    heading(report, paint),
    ...groups.map(([id, members]) => group(id, members, paint)),
    totals(report, paint),
  ];
  return `${parts.join("\n\n")}\n`;
}

function heading({ subject, kernel }: Report, paint: Paint): string {
  const { folder, type, kind, versions, description } = subject;
  const title = paint("strong", printableLine(description === "" ? type : description));
  return `${title}\n${folder}/${type}, judged as ${kind}, CNI ${versionSpans(versions)}, Linux ${kernel}`;
}

function group(id: string, members: readonly ClauseReport[], paint: Paint): string {
  const title = titleOf(id);
  const lines = members.flatMap((member) => [line(member, paint), ...details(member, paint)]);
  return [paint("strong", title === id ? id : `${id}  ${title}`), ...lines].join("\n");
}

function line(report: ClauseReport, paint: Paint): string {
  const { id, strength, profile, statement } = report.clause;
  const standing = standingOf(report);
  const about = paint("faint", `${strength.padEnd(6)} ${profile.padEnd(7)}`);
  return `  ${paint(standing, signs[standing])} ${id.padEnd(8)} ${about} ${statement}`;
}

const indent = " ".repeat(6);

function indented(text: string): string {
  return text.replaceAll(/^/gm, indent);
}

/** Calls of the first failure alone: those of other versions look the same. */
function details(report: ClauseReport, paint: Paint): readonly string[] {
  const overall = standingOf(report);
  const told = findingsOf(report).filter(({ standing }) => isFailure(standing) || standing === overall);
  // A difference on purpose needs no looking into.
  const [first] = told;
  const calls = first === undefined || first.standing === "known" ? [] : first.calls;
  const reasons = told.map((finding) => detail(finding, report, paint));
  if (calls.length === 0) return reasons;
  const commands = indented(`by hand, as root:\n${printable(describeCalls(calls))}`);
  return [...reasons, paint("faint", commands)];
}

function detail({ standing, versions, reason }: Finding, report: ClauseReport, paint: Paint): string {
  const isEverywhere = versions.length === report.verdicts.length;
  const where = isEverywhere ? "" : ` in ${versionSpans(versions)}`;
  const purpose = standing === "known" ? `\non purpose: ${report.knownDifference}` : "";
  const said = indented(printable(`${words[standing]}${where}: ${reason}${purpose}`));
  return paint(standing === "not applicable" ? "faint" : standing, said);
}

function totals(report: Report, paint: Paint): string {
  const numbers = tallies(report);
  const head = ["", ...standings.map((standing) => words[standing].padStart(width(standing)))];
  const rows = profiles.map((profile) => [profile.padEnd(8), ...counted(numbers[profile], paint)].join("  "));
  const measured = latencyLine(report.latency);
  const lines = [paint("faint", `        ${head.join("  ")}`), ...rows];
  return [...lines, ...(measured === undefined ? [] : ["", measured])].join("\n");
}

function width(standing: Standing): number {
  return words[standing].length;
}

function counted(numbers: Tally, paint: Paint): readonly string[] {
  return standings.map((standing) => {
    const text = String(numbers[standing]).padStart(width(standing));
    return numbers[standing] === 0 ? paint("faint", text) : paint(standing, text);
  });
}

/** The whole in one line. */
export function formatSummary({ subject, clauses }: Report): string {
  const found = clauses.map((item) => standingOf(item));
  const counts = standings.flatMap((standing) => {
    const number = found.filter((each) => each === standing).length;
    return number === 0 ? [] : [`${number} ${summaryWords[standing]}`];
  });
  const failed = clauses
    .filter((item) => ["fail", "should", "error"].includes(standingOf(item)))
    .map(({ clause }) => clause.id);
  const which =
    failed.length === 0 ? "" : ` (${failed.slice(0, 12).join(" ")}${failed.length > 12 ? " …" : ""})`;
  const versions = versionSpans(subject.versions);
  const all = clauses.length === 1 ? "1 clause" : `${clauses.length} clauses`;
  return `${subject.type}: ${all} in CNI ${versions}: ${counts.join(", ")}${which}`;
}

const summaryWords: Readonly<Record<Standing, string>> = {
  pass: "passed",
  fail: "failed",
  should: "SHOULD not kept",
  error: "could not be judged",
  known: "differ on purpose",
  skipped: "skipped",
  "not applicable": "do not apply",
};
