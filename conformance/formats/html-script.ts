/** The page's own lines of script: they filter rows and open details. Without them the page shows everything. */
export const script = `
const form = document.forms[0];
const bodies = [...document.querySelectorAll(".clauses tbody")];
const rows = [...document.querySelectorAll("tr[data-marks]")];
function choose() {
  const choice = new FormData(form);
  const shown = choice.get("show");
  const profiles = choice.getAll("profile");
  const text = choice.get("text").toLowerCase();
  for (const row of rows) {
    const { marks, profile } = row.dataset;
    row.hidden = !(marks.split(" ").includes(shown) && profiles.includes(profile) &&
      (text === "" || row.textContent.toLowerCase().includes(text)));
  }
  for (const body of bodies) body.hidden = !body.querySelector("tr[data-marks]:not([hidden])");
  document.getElementById("none").hidden = rows.some((row) => !row.hidden);
}
function open(row) {
  const details = row && row.querySelector("details");
  if (details) details.open = true;
}
function openNamed() {
  open(location.hash && document.getElementById(location.hash.slice(1)));
}
form.hidden = false;
form.addEventListener("input", choose);
form.addEventListener("submit", (event) => event.preventDefault());
form.fold.addEventListener("click", () => {
  const isOpening = form.fold.textContent === "Open all";
  for (const row of rows) if (!row.hidden) row.querySelector("details").open = isOpening;
  form.fold.textContent = isOpening ? "Close all" : "Open all";
});
document.querySelector(".clauses").addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link) open(link.closest("tr"));
});
addEventListener("hashchange", openNamed);
openNamed();
choose();
`;
