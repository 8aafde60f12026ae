/** The rows of a page: a clause, its cells, and the details that open below it. */
import { describeCalls } from "./call.ts";
import { escapeMarkup } from "./escape.ts";
import type { Cell, Group, Row, Told } from "./sheet.ts";
import { isFailure, signs, versionSpans, words } from "./standing.ts";

/** What the page can be filtered by, beside the class. */
export type Mark = "all" | "fail" | "should" | "error" | "known" | "skipped" | "differ";

function marksOf({ cells }: Row): readonly Mark[] {
  const found = new Set(cells.flatMap((cell) => (cell === undefined ? [] : [cell.standing])));
  const marks: Mark[] = ["all"];
  for (const mark of ["fail", "should", "error", "known", "skipped"] as const)
    if (found.has(mark)) marks.push(mark);
  if ([...found].some(isFailure) && found.has("pass")) marks.push("differ");
  return marks;
}

export function rowCount(groups: readonly Group[], mark: Mark): number {
  return groups.flatMap(({ rows }) => rows).filter((row) => marksOf(row).includes(mark)).length;
}

/** @param starts for each column whether a line goes before it */
export function groupBody({ id, title, rows }: Group, starts: readonly boolean[]): string {
  const name = title === id ? "" : `<span>${escapeMarkup(title)}</span>`;
  const head = `<tr class="group"><th scope="rowgroup" colspan="${3 + starts.length}">${escapeMarkup(id)}${name}</th></tr>`;
  return `<tbody>\n${head}\n${rows.map((row) => clauseRow(row, starts)).join("\n")}\n</tbody>`;
}

function clauseRow(row: Row, starts: readonly boolean[]): string {
  const { clause, cells } = row;
  const id = escapeMarkup(clause.id);
  const attributes = `id="${id}" data-profile="${clause.profile}" data-marks="${marksOf(row).join(" ")}"`;
  return `<tr ${attributes}>
<th scope="row"><a href="#${id}">${id}</a></th>
<td class="statement"><details><summary>${escapeMarkup(clause.statement)}</summary>${details(row)}</details></td>
<td class="badges"><span class="strength ${clause.strength}">${clause.strength}</span> <span class="profile">${clause.profile}</span></td>
${cells.map((cell, index) => cellOf(cell, { id, isFirst: starts[index] === true })).join("")}</tr>`;
}

function cellOf(
  cell: Cell | undefined,
  { id, isFirst }: { readonly id: string; readonly isFirst: boolean },
): string {
  const first = isFirst ? " first" : "";
  if (cell === undefined) return `<td class="cell${first}"></td>`;
  const { standing, note } = cell;
  const css = standing === "not applicable" ? "na" : standing;
  const small = note === "" ? "" : `<small>${note}</small>`;
  const mark = `<b aria-hidden="true">${signs[standing]}</b><span class="aloud">${words[standing]}</span>${small}`;
  const content = isFailure(standing) ? `<a href="#${id}" title="what failed">${mark}</a>` : mark;
  return `<td class="cell ${css}${first}">${content}</td>`;
}

function details({ clause, told }: Row): string {
  const since = clause.since === undefined ? "" : ` · since ${clause.since}`;
  const until = clause.until === undefined ? "" : ` · until ${clause.until}`;
  const source = `<p class="source">${clause.strength} of ${clause.profile} · ${escapeMarkup(clause.section)}${since}${until}</p>`;
  const observed = `<p><b>Observed by</b> ${escapeMarkup(clause.observed)}</p>`;
  const list = told.length === 0 ? "" : `<ul>${told.map(finding).join("")}</ul>`;
  return `<div class="details"><div>${observed}${source}${list}</div></div>`;
}

function finding({ plugin, standing, versions, reason, calls, knownDifference }: Told): string {
  const css = standing === "not applicable" ? "na" : standing;
  const who = plugin === "" ? "" : `${escapeMarkup(plugin)} `;
  const head = `<b class="${css}">${signs[standing]} ${who}${words[standing]}</b> <small>in ${versionSpans(versions)}</small>`;
  const why =
    knownDifference === undefined ? "" : `<p><b>On purpose:</b> ${escapeMarkup(knownDifference)}</p>`;
  const commands =
    calls.length === 0
      ? ""
      : `<p>By hand, as root:</p><pre tabindex="0">${escapeMarkup(describeCalls(calls))}</pre>`;
  return `<li>${head}<p class="reason">${escapeMarkup(reason)}</p>${why}${commands}</li>`;
}
