/** The error object that a plugin prints when it fails; CNI specification 1.1.0, section 5 "Error". */
import { lookUp } from "../configuration.ts";
import { isJsonObject } from "../json-object.ts";
import { CniError, errorCodes } from "../error.ts";
import type { PluginEnd } from "./outside.ts";

function parsed(stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

/** The error object on standard output, with its code; undefined where there is none. */
export function printedError(stdout: string): CniError | undefined {
  const json = parsed(stdout);
  if (!isJsonObject(json)) return undefined;
  const [code, message, details] = ["code", "msg", "details"].map((key) => lookUp(json, key));
  if (typeof code !== "number" || typeof message !== "string") return undefined;
  const hasDetails = typeof details === "string" && details !== "";
  return new CniError(code || errorCodes.delegateFailed, message, hasDetails ? { details } : {});
}

/** A plugin that failed without an error object. @param what was done: `plugin type="bridge" failed (add)` */
export function wordlessError(what: string, { stdout, stderr, exitCode, failure }: PluginEnd): CniError {
  const said = [stdout, stderr].map((text) => text.trim()).filter((text) => text !== "");
  const end = failure ?? `exit status ${exitCode}`;
  const message = `${what}: ${said.length === 0 ? "no error message" : said.join("; ")}: ${end}`;
  return new CniError(errorCodes.delegateFailed, message);
}

/** What a plugin that failed said, with what was done before it. */
export function errorOf(what: string, end: PluginEnd): CniError {
  const printed = printedError(end.stdout);
  if (printed === undefined) return wordlessError(what, end);
  return new CniError(printed.code, `${what}: ${printed.message}`, { details: printed.details });
}
