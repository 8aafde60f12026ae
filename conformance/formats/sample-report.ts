/** A report for the tests of formats, of a plugin that prints all that could do harm. */
import type { Version } from "../../cni/version.ts";
import type { ClauseFacts, ClauseReport, RecordedCall, Report, Verdict } from "../suite/report.ts";

/** Markup of every format, a terminal's colours, the end of a code block, text that runs backwards. */
export const hostile = `</pre><script>alert("1")</script> | \`\`\` ]]> \u001B[31m\u202E it's & so`;

export function sampleClause(id: string, more: Partial<ClauseFacts> = {}): ClauseFacts {
  return {
    id,
    strength: "MUST",
    profile: "spec",
    section: "2 Parameters",
    statement: `What ${id} promises.`,
    observed: `How ${id} is observed.`,
    ...more,
  };
}

export function sampleVerdict(version: Version, more: Partial<Verdict> = {}): Verdict {
  return { version, outcome: "pass", reason: "", calls: [], milliseconds: 1200, ...more };
}

const call: RecordedCall = {
  command: "ADD",
  program: "/plugins/evil one",
  environment: { CNI_COMMAND: "ADD", CNI_NETNS: "/run/netns/one", CNI_ARGS: "" },
  stdin: '{"name":"it\'s"}',
  exitCode: 1,
  stdout: hostile,
  stderr: "two\nlines\n",
};

const passing: ClauseReport = {
  clause: sampleClause("ENV-01"),
  verdicts: [sampleVerdict("0.4.0"), sampleVerdict("1.1.0")],
  outcome: "pass",
};

const wanting: ClauseReport = {
  clause: sampleClause("ENV-02", { strength: "SHOULD", profile: "quality" }),
  verdicts: [
    sampleVerdict("0.4.0", { outcome: "fail", reason: `expected more\n${hostile}`, calls: [call] }),
    sampleVerdict("1.1.0"),
  ],
  outcome: "fail",
};

const broken: ClauseReport = {
  clause: sampleClause("DEL-02"),
  verdicts: [
    sampleVerdict("0.4.0", { outcome: "fail", reason: "a lease is left", calls: [call] }),
    sampleVerdict("1.1.0", { outcome: "fail", reason: "a lease is left" }),
  ],
  outcome: "fail",
};

const meant: ClauseReport = {
  clause: sampleClause("DEL-01", { strength: "quirk", profile: "compat" }),
  verdicts: ["0.4.0" as const, "1.1.0" as const].map((version) =>
    sampleVerdict(version, { outcome: "fail", reason: `says ${version}` }),
  ),
  outcome: "fail",
  knownDifference: "our <way> is better",
};

const unseen: ClauseReport = {
  clause: sampleClause("GC-01", { since: "1.1.0" }),
  verdicts: [sampleVerdict("1.1.0", { outcome: "skipped", reason: "no nft" })],
  outcome: "skipped",
};

export const sampleReport: Report = {
  subject: {
    folder: "/plugins",
    type: "evil",
    kind: "interface",
    description: `CNI evil ${hostile}`,
    versions: ["0.4.0", "1.1.0"],
  },
  kernel: "6.1.0",
  clauses: [passing, wanting, meant, broken, unseen],
};
