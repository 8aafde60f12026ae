/**
 * Jest runner: runs all test files of its project in one boot of the lab's machine, by a Jest in there. What that one finds out
 * about a file is handed on as it is, so each test inside is a test of this run: counted, listed and failed by its own name.
 *
 * Where the lab cannot be had, the files are run here, and skip themselves by name (conformance/node/needs.ts).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import TestRunner from "jest-runner";
import { buildImages, runInLab } from "./machine.js";

/** Generous, because emulation is some ten times slower than this machine, and this machine may be busy. */
const bootLimitMs = 10 * 60 * 1000;
const fileLimitMs = 5 * 60 * 1000;

/** Lines of the console that explain an early end. */
const keptLines = 30;

/** Where scenes are put inside, until they are sent. */
const scenesInside = "/run/scenes";

/** @typedef {import("jest-runner").Test} Test */
/** @typedef {{ scene: string, text: string }} Scene */
/** @typedef {import("@jest/test-result").TestResult} TestResult */

export default class LabRunner extends TestRunner {
  #pattern;
  /** @type {Map<string, (event: unknown[]) => unknown>} */
  #listeners = new Map();

  /**
   * @param {import("@jest/types").Config.GlobalConfig} configuration
   * @param {import("jest-runner").TestRunnerContext} context
   */
  constructor(configuration, context) {
    super(configuration, context);
    this.#pattern = configuration.testNamePattern;
  }

  /**
   * @param {string} name
   * @param {(event: unknown[]) => unknown} listener Jest has one for each event
   */
  on(name, listener) {
    this.#listeners.set(name, listener);
    return super.on(name, listener);
  }

  /**
   * @param {Test[]} tests
   * @param {import("jest-runner").TestWatcher} watcher
   * @param {import("jest-runner").TestRunnerOptions} options
   */
  async runTests(tests, watcher, options) {
    try {
      const lack = await buildImages();
      if (lack === "") return await this.#runInside(tests);
      process.env.TRESTLE_LAB_LACK = lack;
    } catch (error) {
      for (const test of tests) await this.#tell("test-file-failure", [test, error]);
      return;
    }
    return super.runTests(tests, watcher, options);
  }

  /** @param {Test[]} tests */
  async #runInside(tests) {
    const waiting = new Map(tests.map((test) => [test.path, test]));
    /** @type {Promise<void>[]} */
    const told = [];
    /** @type {string[]} */
    const lines = [];
    for (const test of tests) await this.#tell("test-file-start", [test]);
    const { exit, ending } = await runInLab({
      job: jobOf(tests, this.#pattern),
      limitMs: bootLimitMs + fileLimitMs * tests.length,
      onReport: (report) => {
        const result = /** @type {TestResult | Scene} */ (report);
        if ("scene" in result) return keepScene(result);
        const test = waiting.get(result.testFilePath);
        waiting.delete(result.testFilePath);
        if (test !== undefined) told.push(this.#tellResult(test, result));
      },
      onLine: (line) => {
        lines.push(line);
        lines.splice(0, lines.length - keptLines);
      },
    });
    await Promise.all(told);
    const why = `The lab's machine ${ending || `was done, with exit ${exit}`}, without a word on this file. Its console:`;
    for (const test of waiting.values()) {
      // Once is enough.
      const stack = [why, ...lines.splice(0)].join("\n");
      await this.#tell("test-file-failure", [test, { message: why, stack }]);
    }
  }

  /**
   * @param {Test} test
   * @param {TestResult} result
   */
  async #tellResult(test, result) {
    const { testExecError: error } = result;
    await (error
      ? this.#tell("test-file-failure", [test, error])
      : this.#tell("test-file-success", [test, result]));
  }

  /**
   * @param {string} name
   * @param {unknown[]} event
   */
  async #tell(name, event) {
    await this.#listeners.get(name)?.(event);
  }
}

/**
 * @param {Test[]} tests
 * @param {string | undefined} pattern
 */
function jobOf(tests, pattern) {
  return [
    // The console inside is a terminal, whatever it is outside.
    ...(process.env.TRESTLE_SCENES ? [`TRESTLE_SCENES=${scenesInside}`] : []),
    `FORCE_COLOR=${process.stdout.isTTY ? 1 : 0} exec node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --selectProjects lab`,
    "--reporters ./conformance/lab/report-to-host.js --testTimeout 60000",
    ...(pattern ? ["--testNamePattern", quoted(pattern)] : []),
    "--runTestsByPath",
    ...tests.map(({ path }) => quoted(path)),
  ].join(" ");
}

/** @param {Scene} scene */
function keepScene({ scene, text }) {
  const folder = process.env.TRESTLE_SCENES ?? "";
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, basename(scene)), text);
}

/** @param {string} word */
function quoted(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
