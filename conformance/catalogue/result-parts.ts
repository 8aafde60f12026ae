/** Parts of a result, whatever else is in it. */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";

/** A list of objects of a result: `interfaces`, `ips`, `routes`. */
export function listed(result: JsonObject | undefined, key: string): readonly JsonObject[] {
  const list = result?.[key];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

/** The same in one of its objects: the `routes` of `ip4`. */
export function partsOf(result: JsonObject, part: string, key: string): readonly JsonObject[] {
  const object = result[part];
  return isJsonObject(object) ? listed(object, key) : [];
}

/** "10.88.0.2/24" of a result in any shape. */
export function addressesIn(result: JsonObject): readonly string[] {
  const families = [result["ip4"], result["ip6"]].filter(isJsonObject).map(({ ip }) => ip);
  const addresses = [...families, ...listed(result, "ips").map(({ address }) => address)];
  return addresses.filter((text): text is string => typeof text === "string");
}

/** The same without prefix lengths, sorted: how host-local names the files of its leases. */
export function leaseNames(...results: readonly JsonObject[]): readonly string[] {
  return results
    .flatMap(addressesIn)
    .map((text) => text.replace(/\/.*/, ""))
    .toSorted();
}
