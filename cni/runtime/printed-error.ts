/** The error object that a plugin prints when it fails; CNI specification 1.1.0, section 5 "Error". */
import { isJsonObject, lookUp } from "../configuration.ts";
import { CniError, errorCodes } from "../error.ts";
import type { PluginEnd } from "./outside.ts";

function parsed(stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

/** The printed error, or undefined where standard output holds none. */
function printed(stdout: string): { code: number; message: string; details: string } | undefined {
  const json = parsed(stdout);
  if (!isJsonObject(json)) return undefined;
  const [code, message, details] = ["code", "msg", "details"].map((key) => lookUp(json, key));
  if (typeof code !== "number" || typeof message !== "string") return undefined;
  return { code, message, details: typeof details === "string" ? details : "" };
}

/** @param what was done: `plugin type="bridge" failed (add)` */
export function errorOf(what: string, { stdout, stderr, exitCode, failure }: PluginEnd): CniError {
  const own = printed(stdout);
  if (own !== undefined) {
    const details = own.details === "" ? undefined : own.details;
    return new CniError(own.code || errorCodes.delegateFailed, `${what}: ${own.message}`, { details });
  }
  const said = [stdout, stderr].map((text) => text.trim()).filter((text) => text !== "");
  const end = failure ?? `exit status ${exitCode}`;
  const message = `${what}: ${said.length === 0 ? "no error message" : said.join("; ")}: ${end}`;
  return new CniError(errorCodes.delegateFailed, message);
}
