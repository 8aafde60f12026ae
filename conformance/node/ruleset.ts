import { type Json, type JsonObject, isList, isObject, record, without } from "./json.ts";

/** Numbers that the kernel hands out or counts. */
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
  const items = text.trim() === "" ? [] : (JSON.parse(text) as { nftables: readonly JsonObject[] }).nftables;
  const tables = new Map<string, Map<string, JsonObject>>();
  for (const [kind, body] of items.flatMap((item) => Object.entries(item))) {
    if (!isObject(body) || kind === "metainfo") {
      continue;
    }
    if (kind === "table") {
      tables.set(`${String(body["family"])} ${String(body["name"])}`, new Map([["table", steady(body)]]));
      continue;
    }
    const table = tables.get(`${String(body["family"])} ${String(body["table"])}`);
    if (kind === "rule") {
      appendRule(table?.get(`chain ${String(body["chain"])}`), body);
    } else {
      table?.set(
        `${kind} ${String(body["name"])}`,
        kind === "chain" ? { ...steady(body), rules: [] } : withElements(body),
      );
    }
  }
  return record([...tables].map(([name, parts]) => [name, record([...parts])]));
}

function steady(body: JsonObject): JsonObject {
  const kept = without(body, volatile);
  return isObject(kept) ? kept : {};
}

function appendRule(chain: JsonObject | undefined, rule: JsonObject): void {
  const rules = chain?.["rules"];
  if (isList(rules)) {
    (rules as Json[]).push(steady(rule));
  }
}

function withElements(body: JsonObject): JsonObject {
  const elements = body["elem"];
  const described = steady(body);
  if (!isList(elements)) {
    return described;
  }
  return {
    ...described,
    elem: record(elements.map((element) => [JSON.stringify(without(element, volatile)), true])),
  };
}
