/** The page's looks: system fonts, light and dark, colours that also differ in brightness beside signs that differ in shape. */
export const style = `
:root {
  --ground: #fbfbfa; --sheet: #fff; --ink: #1d2125; --faint: #68707a; --line: #e3e5e8; --hover: #f3f5f8; --link: #1f5fbf;
  --pass: #177545; --pass-ground: #e3f4ea; --fail: #b3261e; --known: #8a5a00; --known-ground: #fcefcf;
  --should: #86308f; --should-ground: #f5e4f7; --skipped: #3d5f94; --skipped-ground: #e4ecf8; --na: #68707a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --sheet: #1b1f23; --ink: #e4e7ea; --faint: #98a1ab; --line: #30363c; --hover: #23282e; --link: #82b1f5;
    --pass: #5fd195; --pass-ground: #163a27; --fail: #ff9c94; --known: #f0c264; --known-ground: #463511;
    --should: #e3a6ec; --should-ground: #43264a; --skipped: #9dbcec; --skipped-ground: #213350; --na: #98a1ab;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0 auto; padding: 2rem clamp(1rem, 3vw, 3rem) 4rem; max-width: 100rem; background: var(--ground); color: var(--ink);
  font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
}
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
.facts, caption, small, .source, legend, .legend { color: var(--faint); }
.facts { margin: .3rem 0 0; overflow-wrap: anywhere; }
small { font-size: .8em; }
a { color: inherit; text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
table { border-collapse: separate; border-spacing: 0; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; }
caption { text-align: left; padding: 0 0 .5rem; font-size: .85rem; }
th { text-align: left; font-weight: 600; }
.pass { color: var(--pass); } .fail, .error { color: var(--fail); } .should { color: var(--should); } .known { color: var(--known); } .skipped { color: var(--skipped); } .na { color: var(--na); }

.totals { margin: 1.5rem 0; width: 100%; max-width: 76rem; }
.totals th, .totals td { padding: .45rem .9rem; border-bottom: 1px solid var(--line); vertical-align: top; }
.totals tbody tr:last-child > * { border-bottom: 0; }
.totals thead th { color: var(--faint); font-weight: 500; font-size: .85rem; }
.totals td { width: 21%; }
.totals tr:is(.pass, .should, .error, .fail) { color: inherit; }
.totals tr > th[scope=row] { border-left: 4px solid var(--pass); }
.totals tr.should > th[scope=row] { border-left-color: var(--should); }
.totals tr:is(.fail, .error) > th[scope=row] { border-left-color: var(--fail); }
.totals th small { display: block; font-weight: 400; overflow-wrap: anywhere; }
.bar { display: flex; height: .55rem; border-radius: 4px; overflow: hidden; gap: 1px; margin: .35rem 0 .15rem; background: var(--line); }
.bar i { background: currentColor; min-width: 3px; flex-basis: 0; }
.bar .na { opacity: .35; }
.numbers { display: flex; flex-wrap: wrap; gap: 0 .8rem; white-space: nowrap; font-size: .85rem; font-variant-numeric: tabular-nums; }
.numbers .fail { font-weight: 700; }
.none { color: var(--faint); }

.toolbar { display: flex; flex-wrap: wrap; gap: .6rem 1.2rem; align-items: center; margin: 0 0 .6rem; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; align-items: center; gap: .3rem; }
legend { float: left; margin-right: .3rem; font-size: .85rem; }
.toolbar label span { display: block; padding: .2rem .65rem; border: 1px solid var(--line); border-radius: 99px; background: var(--sheet); cursor: pointer; font-size: .88rem; }
.toolbar label b { font-weight: 500; color: var(--faint); font-variant-numeric: tabular-nums; }
.toolbar input:is([type=radio], [type=checkbox]) { position: absolute; opacity: 0; }
.toolbar input:checked + span { background: var(--ink); color: var(--ground); border-color: var(--ink); }
.toolbar input:checked + span b { color: inherit; }
.toolbar input:focus-visible + span { outline: 2px solid var(--link); outline-offset: 2px; }
.toolbar input[type=search], .toolbar button { font: inherit; font-size: .88rem; padding: .2rem .7rem; border: 1px solid var(--line); border-radius: 6px; background: var(--sheet); color: inherit; }
.toolbar button { cursor: pointer; }
.toolbar ::placeholder { color: var(--faint); opacity: 1; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .85rem; margin: 0 0 .6rem; }

.clauses { width: 100%; }
.clauses thead { position: sticky; top: 0; z-index: 1; }
.clauses thead th, .clauses thead td { background: var(--sheet); padding: .35rem .5rem; border-bottom: 1px solid var(--line); font-size: .82rem; }
.clauses thead tr:first-child > :first-child { border-top-left-radius: 7px; }
.clauses thead tr:first-child > :last-child { border-top-right-radius: 7px; }
.clauses thead th:not(:first-child), .clauses .over th { text-align: center; }
.clauses .over > * { border-bottom: 0; padding-bottom: 0; }
.clauses thead tr:not(.over) th { font-weight: 500; color: var(--faint); }
.group th { padding: 1.1rem .8rem .35rem; border-bottom: 1px solid var(--line); font-size: 1rem; }
.group span { font-weight: 400; color: var(--faint); margin-left: .6rem; }
tr[data-marks] > * { padding: .35rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody:last-child tr:last-child > * { border-bottom: 0; }
tr[data-marks]:hover { background: var(--hover); }
tr[data-marks]:target { background: var(--hover); }
tr[data-marks] { scroll-margin-top: 5rem; }
tr[data-marks] > th { padding-left: .8rem; white-space: nowrap; font-variant-numeric: tabular-nums; width: 1%; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::after { content: "\\a0›"; color: var(--faint); }
details[open] > summary::after { content: "\\a0⌄"; }
.statement { min-width: 18rem; }
.badges { white-space: nowrap; width: 1%; font-size: .78rem; }
.badges span { display: inline-block; padding: 0 .4rem; border-radius: 4px; border: 1px solid var(--line); color: var(--faint); }
.badges .strength { min-width: 4.2rem; text-align: center; }
.badges .MUST { color: var(--ink); font-weight: 700; border-color: currentColor; }
.badges .SHOULD { color: var(--ink); }
.badges .quirk { font-style: italic; }
.badges .profile { border-color: transparent; min-width: 4.2rem; }
.first { border-left: 1px solid var(--line); }
.cell { text-align: center; width: 5.2rem; min-width: 3.2rem; }
.cell b { display: inline-block; min-width: 1.7rem; line-height: 1.45rem; border-radius: 5px; }
.cell.pass b { background: var(--pass-ground); }
.cell.fail b { background: var(--fail); color: var(--sheet); }
.cell.error b { outline: 1px solid var(--fail); }
.cell.should b { background: var(--should-ground); }
.cell.known b { background: var(--known-ground); }
.cell.skipped b { background: var(--skipped-ground); }
.cell small { display: block; color: var(--faint); line-height: 1.15; margin-top: .15rem; }
.aloud { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
/* Wider than its column: it lies over the cells to the right, which are empty below their sign. */
.details { contain: inline-size; }
.details > div { position: relative; width: min(66rem, 100vw - 12rem); margin: .8rem 0 .6rem; padding: .4rem .8rem .6rem; font-size: .9rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; }
.details p { margin: .3rem 0; }
.details ul { list-style: none; margin: .6rem 0 0; padding: 0; display: grid; gap: .6rem; }
.details li { border-left: 3px solid var(--line); padding-left: .7rem; }
.reason { white-space: pre-wrap; overflow-wrap: anywhere; }
pre { margin: .3rem 0; padding: .6rem .8rem; background: var(--ground); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font: 12.5px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; max-height: 24rem; overflow: auto; }
/* Verdicts stay in sight: strength and class are in the details, which lie below the id too, and ids stay where columns are many. */
@media (max-width: 45rem) {
  .totals th, .totals td { padding: .4rem .4rem; }
  .statement { min-width: 9rem; }
  .clauses .badges { padding: 0; }
  .badges span { display: none; }
  .cell { width: auto; min-width: 2.4rem; }
  tr[data-marks] > th { position: sticky; left: 0; padding-left: .5rem; background: var(--sheet); }
  tr[data-marks] > .cell { padding-left: .2rem; padding-right: .2rem; }
  .group th { padding-left: .5rem; }
  .details > div { left: -4.6rem; width: calc(100vw - 3.8rem); }
}
@media print { .toolbar { display: none; } .clauses thead { position: static; } }
`;
