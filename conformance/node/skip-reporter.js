/**
 * Jest reporter: lists at the end of a run which tests were skipped and why, with a count, so that a machine that lacks
 * something never looks like one where everything passed. JavaScript, because Jest loads reporters without a transform.
 */
export default class SkipReporter {
  #write;
  #filtered;

  /**
   * @param {{ testNamePattern?: string }} configuration Jest's; who names the tests to run knows that others do not run
   * @param {{ write?: (text: string) => void }} options where the list goes, standard error when left out
   */
  constructor(configuration, options) {
    this.#filtered = Boolean(configuration.testNamePattern);
    this.#write = options.write ?? ((text) => process.stderr.write(text));
  }

  /**
   * @param {unknown} _contexts
   * @param {{ testResults: { testResults: { status: string, title: string, ancestorTitles: string[] }[] }[] }} results
   */
  onRunComplete(_contexts, results) {
    const tests = results.testResults.flatMap((file) => file.testResults);
    const skipped = tests.filter(({ status }) => status === "pending" || status === "todo");
    const groups = [...new Set(skipped.map(groupOf))];
    const lines = groups.flatMap((group) => {
      const titles = skipped.filter((test) => groupOf(test) === group).map(({ title }) => `    - ${title}`);
      return [`  ${group}: ${titles.length}`, ...titles];
    });
    if (skipped.length > 0 && !this.#filtered) {
      this.#write(`\nSkipped: ${skipped.length} tests\n${lines.join("\n")}\n`);
    }
  }
}

/** @param {{ ancestorTitles: string[] }} test */
function groupOf(test) {
  return test.ancestorTitles[0] ?? "without a group";
}
