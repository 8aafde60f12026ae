/**
 * Jest reporter, inside the lab: sends what was found out about each file to the runner outside, as one line of JSON. Each test
 * is a line on the console, which the runner shows where the machine ends before a file did. Scenes that were asked for are sent in
 * the end.
 */
import { appendFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const scenes = process.env.TRESTLE_SCENES ?? "";

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
    send(result);
  }

  onRunComplete() {
    if (!existsSync(scenes)) return;
    for (const scene of readdirSync(scenes)) send({ scene, text: readFileSync(join(scenes, scene), "utf8") });
  }
}

/** @param {unknown} report */
function send(report) {
  appendFileSync("/dev/virtio-ports/report", `${JSON.stringify(report)}\n`);
}
