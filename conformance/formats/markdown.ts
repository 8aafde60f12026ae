/** Clauses by columns as GitHub shows them: one plugin by versions, or several. */
import { profiles } from "../suite/clause.ts";
import { describeCalls } from "./call.ts";
import { escapeMarkdown, escapeMarkup } from "./escape.ts";
import type { Cell, Group, Row, Sheet, Told, Total } from "./sheet.ts";
import { isFailure, signs, standings, versionSpans, words, type Tally } from "./standing.ts";

/** @param remark a line of its own under the title, such as who generated the file */
export function formatMarkdown(sheet: Sheet, remark = ""): string {
  const facts = sheet.facts.map(escapeMarkdown).join(" · ");
  const legend = standings.map((standing) => `${signs[standing]} ${words[standing]}`).join(" · ");
  const parts = [
    remark,
    `# ${escapeMarkdown(sheet.title)}`,
    facts,
    totalsTable(sheet.totals),
    legend,
    ...sheet.groups.map((group) => groupTable(group, sheet)),
    ...findings(sheet),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map(tableRow).join("\n");
}

function totalsTable(totals: readonly Total[]): string {
  const rows = totals.map(({ name, description, tallies }) => [
    description === ""
      ? escapeMarkdown(name)
      : `${escapeMarkdown(name)}<br><sub>${escapeMarkdown(description)}</sub>`,
    ...profiles.map((profile) => counted(tallies[profile])),
  ]);
  return table(["plugin", ...profiles], rows);
}

/** "41 ✓ 2 ✗": what there is none of is left out. */
function counted(tally: Tally): string {
  const parts = standings
    .filter((standing) => tally[standing] > 0)
    .map((each) => `${tally[each]} ${signs[each]}`);
  return parts.length === 0 ? "none" : parts.join("&ensp;");
}

function groupTable({ id, title, rows }: Group, { headings }: Sheet): string {
  const names = headings.map(({ over, name }) =>
    [over, name].filter(Boolean).map(escapeMarkdown).join("<br>"),
  );
  const heading = title === id ? id : `${id}: ${title}`;
  return `## ${heading}\n\n${table(["clause", "", "", ...names], rows.map(clauseRow))}`;
}

function clauseRow({ clause, cells }: Row): readonly string[] {
  const { id, statement, strength, profile } = clause;
  return [`**${id}** ${escapeMarkdown(statement)}`, strength, profile, ...cells.map(cellText)];
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  return cell.note === "" ? signs[cell.standing] : `${signs[cell.standing]} ${cell.note}`;
}

function findings({ groups }: Sheet): readonly string[] {
  const rows = groups.flatMap((group) => group.rows);
  const told = rows.flatMap(({ clause, told: all }) => {
    const failures = all.filter(({ standing }) => isFailure(standing));
    return failures.length === 0
      ? []
      : [`### ${clause.id}`, escapeMarkdown(clause.observed), ...failures.map(finding)];
  });
  return told.length === 0 ? [] : ["## Failures", ...told];
}

function finding({ plugin, standing, versions, reason, calls, knownDifference }: Told): string {
  const who = plugin === "" ? "" : `${plugin} `;
  const why = knownDifference === undefined ? "" : `<br>On purpose: ${escapeMarkdown(knownDifference)}`;
  const text = `**${escapeMarkdown(who)}${words[standing]} in ${versionSpans(versions)}:** ${escapeMarkdown(reason)}${why}`;
  if (calls.length === 0) return text;
  const commands = escapeMarkup(describeCalls(calls));
  return `${text}\n\n<details><summary>by hand, as root</summary>\n\n<pre>${commands}</pre>\n\n</details>`;
}
