/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** A record in the order of its keys. A key that comes twice is kept with a number, because both are facts. */
export function record<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const result = new Map<string, T>();
  for (const [key, value] of entries.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))) {
    let free = key;
    for (let copy = 2; result.has(free); copy += 1) {
      free = `${key} (${copy})`;
    }
    result.set(free, value);
  }
  return Object.fromEntries(result);
}

/** True for objects, not for lists. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy without the keys that match, at any depth. */
export function without(value: Json, forgotten: ReadonlySet<string>): Json {
  if (isList(value)) {
    return value.map((item) => without(item, forgotten));
  }
  if (!isObject(value)) {
    return value;
  }
  const kept = Object.entries(value).filter(([key]) => !forgotten.has(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, without(item, forgotten)]));
}

/** True for lists; `Array.isArray` does not narrow read-only ones. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Reads a list of objects; nothing, which tools print for "none", is an empty list. */
export function parseList(text: string): readonly JsonObject[] {
  const value: Json = text.trim() === "" ? [] : JSON.parse(text);
  return isList(value) ? value.filter(isObject) : [];
}

/** A name or number as text, as a part of a key. */
export function word(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number"
    ? String(value)
    : JSON.stringify(value ?? null);
}
