/** Clauses by columns, the shape of pages: columns are versions for one plugin, and plugins for several. */
import { versions, type Version } from "../../cni/version.ts";
import { profiles, type Profile } from "../suite/clause.ts";
import { inProfile, type ClauseFacts, type ClauseReport, type Report } from "../suite/report.ts";
import { findingsOf, type Finding } from "./findings.ts";
import { grouped, titleOf } from "./groups.ts";
import { latencyLine } from "./latency-line.ts";
import { standingOf, tally, versionSpans, type Standing, type Tally } from "./standing.ts";

export interface Cell {
  readonly standing: Standing;
  /** Which versions, where it is not all of them. */
  readonly note: string;
}

/** A finding, and whose it is. */
export interface Told extends Finding {
  /** Empty on a page about one plugin. */
  readonly plugin: string;
  readonly knownDifference: string | undefined;
}

export interface Row {
  readonly clause: ClauseFacts;
  /** One for each column; undefined where the clause is not for it. */
  readonly cells: readonly (Cell | undefined)[];
  readonly told: readonly Told[];
}

export interface Heading {
  /** Common to neighbours; empty where there is nothing to say. */
  readonly over: string;
  readonly name: string;
}

export interface Total {
  readonly name: string;
  readonly description: string;
  readonly tallies: Readonly<Record<Profile, Tally>>;
}

export interface Group {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface Sheet {
  readonly title: string;
  readonly facts: readonly string[];
  readonly totals: readonly Total[];
  readonly headings: readonly Heading[];
  readonly groups: readonly Group[];
}

/** One plugin of several. */
export interface Column {
  /** Whose plugins they are: "reference 1.1.1". */
  readonly name: string;
  /** Where it is from; what the plugin says about itself when left out. */
  readonly description?: string;
  readonly report: Report;
}

export function tallies(report: Report): Readonly<Record<Profile, Tally>> {
  const ofProfile = (profile: Profile): Tally =>
    tally(inProfile(report, profile).map((item) => standingOf(item)));
  return { spec: ofProfile("spec"), compat: ofProfile("compat"), quality: ofProfile("quality") };
}

function told(report: ClauseReport, plugin: string): readonly Told[] {
  return findingsOf(report).map((finding) => ({
    ...finding,
    plugin,
    knownDifference: finding.standing === "known" ? report.knownDifference : undefined,
  }));
}

function groupsOf(rows: readonly Row[]): readonly Group[] {
  return [...grouped(rows, ({ clause }) => clause)].map(([id, members]) => ({
    id,
    title: titleOf(id),
    rows: members,
  }));
}

/** One plugin: a column for each version that was judged. */
export function sheetOfVersions(report: Report): Sheet {
  const { subject, kernel, clauses } = report;
  const measured = latencyLine(report.latency);
  const columns = versions.filter((version) => subject.versions.includes(version));
  const rows = clauses.map((item) => ({
    clause: item.clause,
    cells: columns.map((version) => cellIn(item, version)),
    told: told(item, ""),
  }));
  return {
    title: subject.description === "" ? subject.type : subject.description,
    facts: [
      `${subject.folder}/${subject.type}`,
      subject.kind,
      `Linux ${kernel}`,
      ...(measured === undefined ? [] : [measured]),
    ],
    totals: [{ name: subject.type, description: "", tallies: tallies(report) }],
    headings: columns.map((version) => ({ over: "", name: version })),
    groups: groupsOf(rows),
  };
}

function cellIn(report: ClauseReport, version: Version): Cell | undefined {
  const verdict = report.verdicts.find((each) => each.version === version);
  return verdict && { standing: standingOf(report, verdict.outcome), note: "" };
}

/** Several plugins: a column for each, neighbours where they are of one type. @param facts about all of them */
export function sheetOfPlugins(
  title: string,
  given: readonly Column[],
  facts: readonly string[] = [],
): Sheet {
  const types = [...new Set(given.map(({ report }) => report.subject.type))];
  const columns = types.flatMap((type) => given.filter(({ report }) => report.subject.type === type));
  return {
    title,
    facts,
    totals: columns.map(({ name, description, report }) => ({
      name: `${report.subject.type} · ${name}`,
      description: description ?? report.subject.description,
      tallies: tallies(report),
    })),
    headings: columns.map(({ name, report }) => ({ over: report.subject.type, name })),
    groups: groupsOf(rowsOf(columns)),
  };
}

/** Clauses in the order of the first plugin that has them; those of other plugins only stay with their group. */
function rowsOf(columns: readonly Column[]): readonly Row[] {
  const facts = new Map(
    columns.flatMap(({ report }) => report.clauses.map(({ clause }) => [clause.id, clause])),
  );
  return [...facts.values()].map((clause) => {
    const found = columns.map(({ report }) => report.clauses.find((item) => item.clause.id === clause.id));
    return {
      clause,
      cells: found.map((item) => item && overallCell(item)),
      told: columns.flatMap(({ name, report }, index) => {
        const item = found[index];
        return item === undefined ? [] : told(item, `${report.subject.type} · ${name}`);
      }),
    };
  });
}

function overallCell(report: ClauseReport): Cell {
  const standing = standingOf(report);
  const of = (outcome: string): readonly Version[] =>
    report.verdicts.filter((verdict) => verdict.outcome === outcome).map(({ version }) => version);
  const hasOthers = of("pass").length + of("skipped").length > 0;
  if (report.outcome === "fail" && hasOthers) return { standing, note: versionSpans(of("fail")) };
  return { standing, note: "" };
}

/** Sums over profiles. */
export function sum(of: Total["tallies"], standing: Standing): number {
  return profiles.reduce((total, profile) => total + of[profile][standing], 0);
}
