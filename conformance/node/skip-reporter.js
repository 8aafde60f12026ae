/**
 * Jest reporter: lists at the end of a run which tests were skipped and why, with a count, so that a machine that lacks
 * something never looks like one where everything passed. JavaScript, because Jest loads reporters without a transform.
 */
export default class SkipReporter {
  /** @param {unknown} _contexts @param {import("@jest/reporters").AggregatedResult} results */
  onRunComplete(_contexts, results) {
    const skipped = results.testResults
      .flatMap((file) => file.testResults)
      .filter((test) => test.status === "pending" || test.status === "todo");
    if (skipped.length === 0) {
      return;
    }
    const groups = new Map();
    for (const test of skipped) {
      const group = test.ancestorTitles[0] ?? "without a group";
      groups.set(group, [...(groups.get(group) ?? []), test.title]);
    }
    const lines = [...groups].flatMap(([group, titles]) => [
      `  ${group}: ${titles.length}`,
      ...titles.map((t) => `    - ${t}`),
    ]);
    process.stderr.write(`\nSkipped: ${skipped.length} tests\n${lines.join("\n")}\n`);
  }
}
