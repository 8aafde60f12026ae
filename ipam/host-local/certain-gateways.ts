/** The gateways that every lease of a network comes with, as far as that can be told without leasing. */
import { lookUp } from "../../cni/configuration.ts";
import { isJsonObject } from "../../cni/json-object.ts";
import type { Request } from "../../cni/request.ts";
import { samePrefix, type Prefix } from "../../inet/prefix.ts";
import { readConfiguration } from "./configuration.ts";
import type { Range, RangeSet } from "./ranges.ts";

function gatewayOf({ gateway, subnet }: Range): Prefix {
  return { address: gateway, length: subnet.length };
}

/** Undefined where it depends on which range the address comes from. */
function onlyGateway([first, ...others]: RangeSet): Prefix | undefined {
  const gateway = gatewayOf(first);
  return others.every((range) => samePrefix(gatewayOf(range), gateway)) ? gateway : undefined;
}

/** True where an ADD may have ranges that other commands are not told of. */
function hasRangesOfRuntime({ configuration }: Request): boolean {
  const capabilities = lookUp(configuration.json, "capabilities");
  return isJsonObject(capabilities) && lookUp(capabilities, "ipRanges") === true;
}

/** One for each range set, or undefined where one of them is not certain. @throws CniError 7 */
export function certainGateways(request: Request): readonly Prefix[] | undefined {
  if (hasRangesOfRuntime(request)) return undefined;
  const gateways = readConfiguration(request).sets.map(onlyGateway);
  return gateways.every((gateway) => gateway !== undefined) ? gateways : undefined;
}
