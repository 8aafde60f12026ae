/**
 * Jest reporter, inside the lab: sends what was found out about each file to the runner outside, as one line of JSON. Each test
 * is a line on the console, which the runner shows where the machine ends before a file did.
 */
import { appendFileSync } from "node:fs";

export default class ReportToHost {
  /**
   * @param {unknown} _test
   * @param {{ status: string, fullName: string, duration?: number | null }} result
   */
  onTestCaseResult(_test, { status, fullName, duration }) {
    process.stdout.write(`${status} (${duration ?? 0} ms): ${fullName}\n`);
  }

  /**
   * @param {unknown} _test
   * @param {import("@jest/test-result").TestResult} result
   */
  onTestResult(_test, result) {
    appendFileSync("/dev/virtio-ports/report", `${JSON.stringify(result)}\n`);
  }
}
