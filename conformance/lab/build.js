/** Makes what the lab boots, and the guests of the scenarios; says why where it cannot be had, which is no failure. */
import { buildImages } from "./machine.js";

const lack = await buildImages();
if (lack !== "") process.stderr.write(`lab: ${lack}; its tests are skipped\n`);
