/** CNI_ARGS: "IgnoreUnknown=1;IP=10.1.0.4"; CNI specification 1.1.0, section 2, and CONVENTIONS.md. */
import { CniError, errorCodes } from "./error.ts";

/** Keys that some plugin of ours understands. All accept all of them: one CNI_ARGS serves a plugin and its delegate. */
export const packKeys = ["IP", "MAC", "GATEWAY"] as const;

const yes = ["1", "true"];
const no = ["0", "false"];

function invalid(message: string, details: string): CniError {
  return new CniError(errorCodes.invalidEnvironment, `invalid CNI_ARGS: ${message}`, { details });
}

/** @throws CniError 4 for anything that is not "KEY=VALUE" pairs joined by ";" */
export function parsePairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  if (text === "") return pairs;
  for (const pair of text.split(";")) {
    const parts = pair.split("=");
    const [key, value] = parts;
    if (parts.length !== 2 || key === undefined || value === undefined || key === "") {
      throw invalid(`invalid pair "${pair}"`, "CNI_ARGS holds KEY=VALUE pairs joined by ;");
    }
    pairs.set(key, value);
  }
  return pairs;
}

/**
 * The values of the keys that a plugin and its delegates know. Keys are case sensitive. Unknown ones are refused unless
 * IgnoreUnknown is set, as the reference plugins do: a typing error in "IP" must not give a container another address than was
 * asked for.
 *
 * @param text CNI_ARGS, `args` of a request
 * @throws CniError 4
 */
export function readArguments<const K extends string>(
  text: string,
  knownKeys: readonly K[],
): Partial<Record<K, string>> {
  const pairs = parsePairs(text);
  const found: Partial<Record<K, string>> = {};
  const unknown: string[] = [];
  for (const [key, value] of pairs) {
    const match = knownKeys.find((name) => name === key);
    if (match !== undefined) found[match] = value;
    else if (key !== "IgnoreUnknown") unknown.push(`${key}=${value}`);
  }
  if (unknown.length > 0 && !ignoresUnknown(pairs)) {
    throw invalid(`unknown args ${JSON.stringify(unknown)}`, "add IgnoreUnknown=1 to have them passed over");
  }
  return found;
}

function ignoresUnknown(pairs: Map<string, string>): boolean {
  const value = (pairs.get("IgnoreUnknown") ?? "0").toLowerCase();
  if (!yes.includes(value) && !no.includes(value)) {
    throw invalid(`IgnoreUnknown is "${value}"`, "IgnoreUnknown must be 1, true, 0 or false");
  }
  return yes.includes(value);
}
