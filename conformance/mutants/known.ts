/** The differences from the reference that our own plugins have on purpose, from `conformance/known`. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isJsonObject } from "../../cni/json-object.ts";

/** Reasons by the id of the clause. */
export function knownDifferences(type: string): Readonly<Record<string, unknown>> {
  const file = resolve(import.meta.dirname, `../known/${type}.json`);
  const listed: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  return isJsonObject(listed) ? listed : {};
}
