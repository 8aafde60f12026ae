/** Clauses by columns as one page that loads nothing: one plugin by versions, or several at a glance. */
import { createHash } from "node:crypto";
import { profiles } from "../suite/clause.ts";
import { escapeMarkup } from "./escape.ts";
import { groupBody, rowCount } from "./html-rows.ts";
import { script } from "./html-script.ts";
import { style } from "./html-style.ts";
import { sum, type Heading, type Sheet, type Total } from "./sheet.ts";
import { signs, standings, words, type Standing, type Tally } from "./standing.ts";

/** @param remark a comment at the top, such as who generated the file */
export function formatHtml(sheet: Sheet, remark = ""): string {
  const title = escapeMarkup(sheet.title);
  // Reports quote what plugins say: nothing but our own script may run, whatever slips through.
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
${remark === "" ? "" : `<!-- ${escapeMarkup(remark)} -->\n`}<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · CNI conformance</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${sheet.facts.length === 0 ? "" : `<p class="facts">${sheet.facts.map(escapeMarkup).join(" · ")}</p>`}
</header>
<main>
${totalsTable(sheet.totals)}
${toolbar(sheet)}
${clausesTable(sheet)}
<p id="none" hidden>No clause is left by this choice.</p>
</main>
<script>${script}</script>
</body>
</html>
`;
}

function totalsTable(totals: readonly Total[]): string {
  const head = profiles.map((profile) => `<th scope="col">${profile}</th>`).join("");
  return `<table class="totals">
<caption>Clauses by class: <b>spec</b>, the specification asks for it; <b>compat</b>, the reference plugins do it; <b>quality</b>, without it something leaks, is lost or hidden. What fails a MUST of spec does not conform; for what only should be there may be a reason.</caption>
<thead><tr><th scope="col">plugin</th>${head}</tr></thead>
<tbody>
${totals.map(totalRow).join("\n")}
</tbody>
</table>`;
}

function totalRow({ name, description, tallies }: Total): string {
  const about = description === "" ? "" : `<small>${escapeMarkup(description)}</small>`;
  const cells = profiles.map((profile) => `<td>${bar(tallies[profile])}</td>`).join("");
  const worst = (["fail", "error", "should"] as const).find((standing) => sum(tallies, standing) > 0);
  const verdict = worst ?? "pass";
  return `<tr class="${verdict}"><th scope="row">${escapeMarkup(name)}${about}</th>${cells}</tr>`;
}

/** A bar of what was observed, and the numbers. */
function bar(tally: Tally): string {
  const there = standings.filter((standing) => tally[standing] > 0);
  if (there.length === 0) return `<span class="none">none</span>`;
  const parts = there.map((each) => `<i class="${cssClass(each)}" style="flex-grow:${tally[each]}"></i>`);
  const numbers = there.map(
    (each) => `<span class="${cssClass(each)}" title="${words[each]}">${tally[each]} ${signs[each]}</span>`,
  );
  return `<div class="bar" aria-hidden="true">${parts.join("")}</div><div class="numbers">${numbers.join(" ")}</div>`;
}

function cssClass(standing: Standing): string {
  return standing === "not applicable" ? "na" : standing;
}

function radio(value: string, label: string, isChosen = false): string {
  const checked = isChosen ? " checked" : "";
  return `<label><input type="radio" name="show" value="${value}"${checked}><span>${label}</span></label>`;
}

function checkbox(value: string): string {
  return `<label><input type="checkbox" name="profile" value="${value}" checked><span>${value}</span></label>`;
}

/** Hidden until the script runs: without it, it would do nothing. */
function toolbar({ headings, groups }: Sheet): string {
  const outcomes = [
    radio("all", `all <b>${rowCount(groups, "all")}</b>`, true),
    radio("fail", `${signs.fail} fails <b>${rowCount(groups, "fail")}</b>`),
    radio("should", `${signs.should} should <b>${rowCount(groups, "should")}</b>`),
    ...(rowCount(groups, "error") > 0
      ? [radio("error", `${signs.error} not judged <b>${rowCount(groups, "error")}</b>`)]
      : []),
    ...(headings.length > 1 ? [radio("differ", `differs <b>${rowCount(groups, "differ")}</b>`)] : []),
    radio("known", `${signs.known} on purpose <b>${rowCount(groups, "known")}</b>`),
    radio("skipped", `${signs.skipped} skipped <b>${rowCount(groups, "skipped")}</b>`),
  ];
  return `<form class="toolbar" hidden>
<fieldset><legend>Show</legend>${outcomes.join("")}</fieldset>
<fieldset><legend>Class</legend>${profiles.map(checkbox).join("")}</fieldset>
<input type="search" name="text" aria-label="Find a clause" placeholder="Find: DEL, gateway …">
<button type="button" name="fold">Open all</button>
</form>`;
}

/** Above the names: what neighbours have in common. */
function overHead(headings: readonly Heading[]): string {
  if (headings.every(({ over }) => over === "")) return "";
  const spans: { readonly over: string; columns: number }[] = [];
  for (const { over } of headings) {
    const last = spans.at(-1);
    if (last?.over === over) last.columns++;
    else spans.push({ over, columns: 1 });
  }
  const cells = spans.map(
    ({ over, columns }) =>
      `<th scope="colgroup" colspan="${columns}" class="first">${escapeMarkup(over)}</th>`,
  );
  return `<tr class="over"><td colspan="3"></td>${cells.join("")}</tr>`;
}

function clausesTable({ headings, groups }: Sheet): string {
  const starts = headings.map(({ over }, index) => index === 0 || headings[index - 1]?.over !== over);
  const names = headings.map(({ name }, index) => {
    const first = starts[index] === true ? ' class="first"' : "";
    return `<th scope="col"${first}>${escapeMarkup(name)}</th>`;
  });
  const legend = standings.map(
    (each) => `<span class="${cssClass(each)}"><b>${signs[each]}</b> ${words[each]}</span>`,
  );
  return `<p class="legend">${legend.join(" ")}</p>
<table class="clauses">
<thead>${overHead(headings)}<tr><th scope="col" colspan="3">clause</th>${names.join("")}</tr></thead>
${groups.map((group) => groupBody(group, starts)).join("\n")}
</table>`;
}
