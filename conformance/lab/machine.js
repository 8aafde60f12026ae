/**
 * The virtual machine: starts it with a job, hands on what it says, ends it in time. JavaScript, because Jest loads the runner
 * beside this file without a transform.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const here = import.meta.dirname;

/** Where the images are kept. */
export const images = join(here, "../../dist/lab");

/**
 * Makes the images that are not there or not up to date; under a minute the first time, a second or two otherwise.
 *
 * @returns {Promise<string>} why the lab cannot be had on this machine, in a few words; empty when all is well
 * @throws Error when it could be had but something went wrong, which must never look like a machine without a lab
 */
export async function buildImages() {
  if (process.env.TRESTLE_LAB === "off") return "is switched off: TRESTLE_LAB=off";
  const building = spawn(join(here, "build.sh"), [images], { stdio: ["ignore", "inherit", "pipe"] });
  /** @type {string[]} */
  const complaints = [];
  createInterface({ input: building.stderr }).on("line", (line) => complaints.push(line));
  const [code] = await once(building, "close");
  if (code === 0) return "";
  if (code === 3) return `cannot be had: ${complaints.at(-1)}`;
  throw new Error(`The lab's images were not made (${code}):\n${complaints.join("\n")}`);
}

/**
 * Boots the machine, runs a job in it as root in the folder of the repository, and waits until it has switched itself off.
 *
 * @param {object} options
 * @param {string} options.job text for the shell
 * @param {number} options.limitMs the machine is killed then
 * @param {(report: unknown) => void} [options.onReport] gets each line of JSON that the job writes to
 *   /dev/virtio-ports/report
 * @param {(line: string) => void} [options.onLine] gets the lines of its console; the terminal is its console when left out
 * @returns {Promise<{ exit: number | undefined, ending: string }>} how the job ended, undefined where it did not, and then why
 */
export async function runInLab({ job, limitMs, onReport, onLine }) {
  const stdio = onLine === undefined ? "inherit" : "pipe";
  const machine = spawn(join(here, "boot.sh"), [images, job], {
    stdio: [onLine === undefined ? "inherit" : "ignore", stdio, stdio, "pipe"],
  });
  for (const output of [machine.stdout, machine.stderr]) {
    if (output && onLine) createInterface({ input: output }).on("line", onLine);
  }
  /** @type {number | undefined} */
  let exit;
  const port = /** @type {import("node:stream").Readable} */ (machine.stdio[3]);
  createInterface({ input: port }).on("line", (line) => {
    const report = JSON.parse(line);
    if ("exit" in report) exit = report.exit;
    else onReport?.(report);
  });
  let overdue = false;
  const limit = setTimeout(() => {
    overdue = true;
    machine.kill("SIGKILL");
  }, limitMs);
  const [code, signal] = await once(machine, "close");
  clearTimeout(limit);
  const ending = overdue ? `was not done after ${limitMs / 1000} s` : `ended early (${code ?? signal})`;
  return { exit, ending: exit === undefined ? ending : "" };
}
