/** `make lab-shell`: a shell in the lab, or one command; its console is this terminal. */
import { buildImages, runInLab } from "./machine.js";

const limitMs = 60 * 60 * 1000;

const lack = await buildImages();
if (lack !== "") throw new Error(`The lab ${lack}`);
const { columns, rows } = process.stdout;
const shell = columns > 0 ? `stty columns ${columns} rows ${rows}; exec bash -il` : "exec bash -i";
const { exit, ending } = await runInLab({ job: process.argv.slice(2).join(" ") || shell, limitMs });
if (ending !== "") process.stderr.write(`lab: the machine ${ending}\n`);
process.exitCode = exit ?? 1;
