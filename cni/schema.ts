/**
 * JSON declared once as schemas, which give the type, the defaults and the errors. It reads as Go's decoder does, because that
 * is what configurations are written for: keys in any case, the last one counts, null is absent, unknown keys are passed over.
 *
 * A schema is a function, and that is all of it: a schema library, tried before (valibot), took a cold process three times as
 * long to set up and run, and knows nothing of folded keys.
 */
import { InetError, parseAddress } from "../inet/address.ts";
import { interfaceNameFault } from "../inet/interface-name.ts";
import { parseUnicastMac } from "../inet/mac.ts";
import { parsePrefix } from "../inet/prefix.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import { CniError, errorCodes } from "./error.ts";

/**
 * Reads a value as a T.
 * @param value undefined where the key is absent
 * @param path where the value is: "ipam.ranges[0]"
 * @throws SchemaFault
 */
export type Schema<T> = (value: unknown, path: string) => T;

/** What a schema reads. */
export type Read<S> = S extends Schema<infer T> ? T : never;

/** Everything that is wrong with a value, a sentence each. */
export class SchemaFault extends Error {
  override readonly name = "SchemaFault";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("; "));
    this.faults = faults;
  }
}

const longestShown = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown - 3)}...` : text;
}

/** @param why completes a sentence such as `"mtu" is "1500":` */
export function refuse(value: unknown, path: string, why: string): never {
  throw new SchemaFault([
    value === undefined ? `"${path}" is missing` : `"${path}" is ${shown(value)}: ${why}`,
  ]);
}

export const text: Schema<string> = (value, path) =>
  typeof value === "string" ? value : refuse(value, path, "must be a string");

/** One of a few words, spelled exactly. */
export function oneOf<const T extends string>(...words: readonly T[]): Schema<T> {
  const allowed = words.map((word) => JSON.stringify(word)).join(" or ");
  return (value, path) => words.find((word) => word === value) ?? refuse(value, path, `must be ${allowed}`);
}

export function optional<T>(schema: Schema<T>): Schema<T | undefined>;
export function optional<T, D>(schema: Schema<T>, otherwise: D): Schema<T | D>;
export function optional<T, D>(schema: Schema<T>, otherwise?: D): Schema<T | D | undefined> {
  return (value, path) => (value === undefined ? otherwise : schema(value, path));
}

const truth: Schema<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse(value, path, "must be true or false");

/** An optional true/false key that is false when absent. */
export const flag = optional(truth, false);

/** A boolean that may come as the text "true" or "false", as some documentation of the reference plugins writes it. */
export const lenientFlag: Schema<boolean> = (value, path) => {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true";
  return refuse(value, path, 'must be true or false or "true" or "false"');
};

export function wholeNumber(range: { readonly from: number; readonly to: number }): Schema<number> {
  return (value, path) => {
    if (typeof value !== "number") return refuse(value, path, "must be a number");
    if (Number.isInteger(value) && value >= range.from && value <= range.to) return value;
    return refuse(value, path, `must be a whole number from ${range.from} to ${range.to}`);
  };
}

/** An optional whole number that fits the kernel's u32. */
export const count = optional(wholeNumber({ from: 0, to: 0xffff_ffff }));

/** Text that `parse` turns into a T. @param parse throws InetError */
export function parsed<T>(parse: (text: string) => T): Schema<T> {
  return (value, path) => {
    try {
      return parse(text(value, path));
    } catch (error) {
      if (error instanceof InetError) return refuse(value, path, error.message);
      throw error;
    }
  };
}

/** As a schema, but "" is absent too: Go's decoder reads it as no address. */
function orEmpty<T>(schema: Schema<T>): Schema<T | undefined> {
  return (value, path) => (value === undefined || value === "" ? undefined : schema(value, path));
}

/** "10.1.0.4" as an Address. */
export const addressText = parsed(parseAddress);
/** "10.1.0.0/16" as a Prefix. */
export const prefixText = parsed(parsePrefix);
/** "02:00:5e:10:00:01", the address of an interface, as six bytes. */
export const macText = parsed(parseUnicastMac);
export const optionalAddress = orEmpty(addressText);
export const optionalMac = orEmpty(macText);

export const interfaceNameText: Schema<string> = (value, path) => {
  const name = text(value, path);
  const fault = interfaceNameFault(name);
  return fault === undefined ? name : refuse(value, path, `as an interface name it ${fault}`);
};

/** The faults that were thrown. @throws anything else again */
function faultsOf(error: unknown): readonly string[] {
  if (error instanceof SchemaFault) return error.faults;
  throw error;
}

export function list<T>(item: Schema<T>): Schema<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return refuse(value, path, "must be an array");
    const faults: string[] = [];
    const items: T[] = [];
    for (let at = 0; at < value.length; at++) {
      try {
        items.push(item(value[at], `${path}[${at}]`));
      } catch (error) {
        faults.push(...faultsOf(error));
      }
    }
    if (faults.length > 0) throw new SchemaFault(faults);
    return items;
  };
}

type Entries = Readonly<Record<string, Schema<unknown>>>;

/** The schema's spelling of a key; most come spelled so already. */
function spelledAs(entries: Entries, key: string): string | undefined {
  if (Object.hasOwn(entries, key)) return key;
  const lower = key.toLowerCase();
  return Object.keys(entries).find((known) => known.toLowerCase() === lower);
}

/** The values that a schema knows, under its spelling of their keys. */
function folded(entries: Entries, json: JsonObject): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const name of Object.keys(json)) {
    const value = json[name];
    const key = value === null ? undefined : spelledAs(entries, name);
    if (key !== undefined) values.set(key, value);
  }
  return values;
}

export function object<E extends Entries>(entries: E): Schema<{ readonly [K in keyof E]: Read<E[K]> }> {
  return (value, path) => {
    if (!isJsonObject(value)) return refuse(value, path, "must be an object");
    const values = folded(entries, value);
    const faults: string[] = [];
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(entries)) {
      const schema = entries[key];
      const inner = path === "" ? key : `${path}.${key}`;
      try {
        result[key] = schema?.(values.get(key), inner);
      } catch (error) {
        faults.push(...faultsOf(error));
      }
    }
    if (faults.length > 0) throw new SchemaFault(faults);
    return result as { readonly [K in keyof E]: Read<E[K]> };
  };
}

/** A route of configurations and results. */
export const routeSchema = object({
  dst: prefixText,
  gw: optionalAddress,
  mtu: count,
  advmss: count,
  priority: count,
  table: count,
  // RT_SCOPE_* is a byte of struct rtmsg.
  scope: optional(wholeNumber({ from: 0, to: 255 })),
});

const texts = optional(list(text));

/** The `dns` object of configurations and results. */
export const dnsSchema = object({
  nameservers: texts,
  domain: optional(text),
  search: texts,
  options: texts,
});

/**
 * The configuration as the schema's type, defaults filled in.
 *
 * @param details of the error: where a person finds what each key means
 * @throws CniError 7 naming path, value and what is allowed
 */
export function decodeWith<T>(schema: Schema<T>, json: JsonObject, details?: string): T {
  try {
    return schema(json, "");
  } catch (cause) {
    if (!(cause instanceof SchemaFault)) throw cause;
    const message = `invalid network configuration: ${cause.message}`;
    throw new CniError(errorCodes.invalidConfiguration, message, { details, cause });
  }
}
