import { type Json, type JsonObject, isList, isObject, record, without, word } from "./json.ts";

/** What the kernel hands out or counts, and what the path of a difference says already. */
const volatile = new Set([
  "handle",
  "index",
  "packets",
  "bytes",
  "expires",
  "used",
  "family",
  "table",
  "name",
  "chain",
]);

/**
 * Reads `nft -j list ruleset` into a record by "family table", and inside by "chain name", "set name", "map name" and so
 * on: a chain with its rules in their order, a set or map with a record of its elements, which have none.
 */
export function readRuleset(text: string): Readonly<Record<string, Json>> {
  const items = listed(text);
  const rules = items.filter(([kind]) => kind === "rule").map(([, rule]) => rule);
  const tables = items.filter(([kind]) => kind === "table").map(([, table]) => table);
  return record(
    tables.map((table): [string, Json] => {
      const parts = items.filter(([kind, part]) => kind !== "rule" && isIn(table, part));
      const described = parts.map(([kind, part]): [string, Json] => [
        `${kind} ${word(part["name"])}`,
        kind === "chain" ? withRules(part, rules) : withElements(part),
      ]);
      return [`${word(table["family"])} ${word(table["name"])}`, { ...steady(table), ...record(described) }];
    }),
  );
}

/** The document's objects, each wrapped in its kind: `{"chain": {...}}`. */
function listed(text: string): [string, JsonObject][] {
  const document: Json = text.trim() === "" ? null : JSON.parse(text);
  const items = isObject(document) ? document["nftables"] : [];
  return (isList(items) ? items : [])
    .filter(isObject)
    .flatMap((item) => Object.entries(item))
    .filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
}

function isIn(table: JsonObject, part: JsonObject): boolean {
  return part["family"] === table["family"] && part["table"] === table["name"];
}

function steady(body: JsonObject): JsonObject {
  const kept = without(body, volatile);
  return isObject(kept) ? kept : {};
}

function withRules(chain: JsonObject, rules: readonly JsonObject[]): JsonObject {
  const own = rules.filter(
    (rule) =>
      rule["family"] === chain["family"] &&
      rule["table"] === chain["table"] &&
      rule["chain"] === chain["name"],
  );
  return { ...steady(chain), rules: own.map(steady) };
}

function withElements(body: JsonObject): JsonObject {
  const elements = body["elem"];
  const described = steady(body);
  return isList(elements)
    ? {
        ...described,
        elem: record(elements.map((element) => [JSON.stringify(without(element, volatile)), true])),
      }
    : described;
}
