/** The configuration that a person gives: one network, or the plugin's entry in a list of them. */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { UsageError } from "./usage-error.ts";

/** @throws UsageError where it is not about the plugin */
export function configurationFor(type: string, given: JsonObject): JsonObject {
  const { plugins } = given;
  if (plugins === undefined) return checked(type, given);
  const entries = Array.isArray(plugins) ? plugins.filter(isJsonObject) : [];
  const entry = entries.find((each) => concerns(type, each));
  if (entry === undefined)
    throw new UsageError(`--config: none of the list's "plugins" has the type or the ipam.type "${type}"`);
  return { ...entry, ...(given["name"] === undefined ? {} : { name: given["name"] }) };
}

function ipamTypeOf({ ipam }: JsonObject): unknown {
  return isJsonObject(ipam) ? ipam["type"] : undefined;
}

function concerns(type: string, configuration: JsonObject): boolean {
  return configuration["type"] === type || ipamTypeOf(configuration) === type;
}

function checked(type: string, configuration: JsonObject): JsonObject {
  if (configuration["type"] === undefined || concerns(type, configuration)) return configuration;
  throw new UsageError(
    `--config: neither "type" (${JSON.stringify(configuration["type"])}) nor "ipam.type" is "${type}", which is to be judged`,
  );
}

/** The other executable that a main plugin's configuration cannot do without. */
export function delegateOf(type: string, configuration: JsonObject): string | undefined {
  const delegate = ipamTypeOf(configuration);
  return typeof delegate === "string" && delegate !== "" && delegate !== type ? delegate : undefined;
}
