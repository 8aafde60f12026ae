/**
 * Plugin configurations declared once as valibot schemas, which give the type, the defaults and the errors. This file adds
 * what CNI needs on top: keys in any case, null as absent, network values as types, and messages that name path, value and
 * what is allowed. valibot was chosen because it adds 0.1 ms to a start, a tenth of the alternatives.
 */
import * as v from "valibot";
import { InetError, parseAddress } from "../inet/address.ts";
import { interfaceNameFault } from "../inet/interface-name.ts";
import { parseMac } from "../inet/mac.ts";
import { parsePrefix } from "../inet/prefix.ts";
import { isJsonObject, type JsonObject } from "./configuration.ts";
import { CniError, errorCodes } from "./error.ts";

function parsedBy<T>(parse: (text: string) => T) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      try {
        return parse(dataset.value);
      } catch (error) {
        if (!(error instanceof InetError)) throw error;
        addIssue({ message: error.message });
        return NEVER;
      }
    }),
  );
}

/** "10.1.0.4" as an Address. */
export const addressText = parsedBy(parseAddress);
/** "10.1.0.0/16" as a Prefix. */
export const prefixText = parsedBy(parsePrefix);
/** "02:00:5e:10:00:01" as six bytes. */
export const macText = parsedBy(parseMac);
export const interfaceNameText = v.pipe(
  v.string(),
  v.check(
    (name) => interfaceNameFault(name) === undefined,
    (issue) => `an interface name ${interfaceNameFault(String(issue.input)) ?? "is invalid"}`,
  ),
);

/** A boolean that may come as the text "true" or "false", as some documentation of the reference plugins writes it. */
export const lenientFlag = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(["true", "false"]),
    v.transform((text) => text === "true"),
  ),
]);

/** An optional true/false key that is false when absent. */
export const flag = v.optional(v.boolean(), false);

/** An optional whole number. */
export function wholeNumber(range: { from: number; to: number }) {
  const allowed = `must be a whole number from ${range.from} to ${range.to}`;
  return v.pipe(
    v.number(),
    v.integer(allowed),
    v.minValue(range.from, allowed),
    v.maxValue(range.to, allowed),
  );
}

/** Go's decoder reads "" as no address. */
export const optionalAddress = v.optional(
  v.union([
    v.pipe(
      v.literal(""),
      v.transform((): undefined => undefined),
    ),
    addressText,
  ]),
);

/** An optional whole number that is not negative. */
export const count = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)));

/** A route of configurations and results. */
export const routeSchema = v.object({
  dst: prefixText,
  gw: optionalAddress,
  mtu: count,
  advmss: count,
  priority: count,
  table: count,
  scope: count,
});

/** The `dns` object of configurations and results. */
export const dnsSchema = v.object({
  nameservers: v.optional(v.array(v.string())),
  domain: v.optional(v.string()),
  search: v.optional(v.array(v.string())),
  options: v.optional(v.array(v.string())),
});

type AnySchema = v.GenericSchema;

interface Shape {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, AnySchema>>;
  readonly item?: AnySchema;
  readonly wrapped?: AnySchema;
}

/** The schema's spelling of a key; most come spelled so already. */
function spelledAs(entries: Readonly<Record<string, AnySchema>>, key: string): string | undefined {
  if (Object.hasOwn(entries, key)) return key;
  const folded = key.toLowerCase();
  return Object.keys(entries).find((known) => known.toLowerCase() === folded);
}

/** The input with the schema's spelling of its keys; keys that the schema does not know are dropped, as is null. */
function foldKeys(schema: AnySchema, input: unknown): unknown {
  const shape = schema as Shape;
  if (shape.wrapped !== undefined) return foldKeys(shape.wrapped, input);
  if (shape.item !== undefined && Array.isArray(input)) {
    const { item } = shape;
    return input.map((element) => foldKeys(item, element));
  }
  if (shape.type !== "object" || shape.entries === undefined || !isJsonObject(input)) return input;
  const folded: Record<string, unknown> = {};
  for (const name of Object.keys(input)) {
    const value = input[name];
    const key = value === null ? undefined : spelledAs(shape.entries, name);
    const entry = key === undefined ? undefined : shape.entries[key];
    if (key !== undefined && entry !== undefined) folded[key] = foldKeys(entry, value);
  }
  return folded;
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  let path = "";
  for (const { key } of issue.path ?? []) {
    path += typeof key === "number" ? `[${key}]` : `${path === "" ? "" : "."}${String(key)}`;
  }
  return path;
}

/** JSON types as people say them, by valibot's names for them. */
const typeNames: Readonly<Record<string, string>> = {
  Array: "an array",
  Object: "an object",
  string: "a string",
  number: "a number",
  boolean: "true or false",
};

function explain(issue: v.BaseIssue<unknown>): string {
  if (issue.kind !== "schema" || issue.expected === null) return issue.message;
  // A union comes as '(boolean | ("true" | "false"))'.
  const allowed = issue.expected.replaceAll(/[()]/g, "").split(" | ");
  return `must be ${allowed.map((name) => typeNames[name] ?? name).join(" or ")}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = pathOf(issue);
  if (issue.input === undefined) return `"${path}" is missing`;
  return `"${path}" is ${shown(issue.input)}: ${explain(issue)}`;
}

/** The configuration as the schema's type, defaults filled in. @throws CniError 7 naming path, value and what is allowed */
export function decodeWith<S extends AnySchema>(schema: S, json: JsonObject): v.InferOutput<S> {
  const outcome = v.safeParse(schema, foldKeys(schema, json));
  if (outcome.success) return outcome.output;
  const faults = outcome.issues.map(describeIssue);
  throw new CniError(errorCodes.invalidConfiguration, `invalid network configuration: ${faults.join("; ")}`);
}
