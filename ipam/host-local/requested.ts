/** Addresses that were asked for: CNI_ARGS "IP", `args.cni.ips` and `runtimeConfig.ips`, all of them together. */
import { packKeys, readArguments } from "../../cni/arguments.ts";
import { CniError, errorCodes } from "../../cni/error.ts";
import { formatAddress, InetError, parseAddress, type Address } from "../../inet/address.ts";
import { parsePrefix } from "../../inet/prefix.ts";

/** An address with or without a prefix length, which is dropped: the range's counts. @throws InetError */
function parseRequested(text: string): Address {
  return text.includes("/") ? parsePrefix(text).address : parseAddress(text);
}

function parseFrom(code: number, source: string, text: string): Address {
  try {
    return parseRequested(text);
  } catch (cause) {
    if (!(cause instanceof InetError)) throw cause;
    throw new CniError(code, `cannot understand ip: invalid IP address ${text}`, {
      details: `${source} must be an IP address, with or without a prefix length`,
      cause,
    });
  }
}

/** @param args CNI_ARGS @param lists texts by the configuration key they come from @throws CniError 4, 7 */
export function readRequested(args: string, lists: Readonly<Record<string, readonly string[]>>): Address[] {
  const requested = new Map<string, Address>();
  const add = (address: Address) => requested.set(formatAddress(address), address);
  const { IP } = readArguments(args, packKeys);
  if (IP !== undefined && IP !== "") add(parseFrom(errorCodes.invalidEnvironment, "CNI_ARGS IP", IP));
  for (const [key, texts] of Object.entries(lists)) {
    for (const text of texts) add(parseFrom(errorCodes.invalidConfiguration, key, text));
  }
  return [...requested.values()];
}
