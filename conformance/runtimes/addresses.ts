import type { FakeNode } from "../node/index.ts";
import { type JsonObject, isList, isObject, parseList, word } from "../node/json.ts";

/** An interface as `ip` shows it, in the order IPv4, IPv6. */
export interface InterfaceAddresses {
  readonly mac: string;
  /** With prefix length, without link-local ones. */
  readonly addresses: readonly string[];
  /** Next hops of the default routes. */
  readonly gateways: readonly string[];
}

/**
 * Asks `ip` about an interface inside a network namespace.
 *
 * @throws CommandError when there is no such interface.
 */
export async function readAddresses(
  node: FakeNode,
  namespace: string,
  name: string,
): Promise<InterfaceAddresses> {
  const ip = async (...args: string[]): Promise<readonly JsonObject[]> => {
    const { stdout } = await node.run("nsenter", [`--net=${namespace}`, "ip", "-j", ...args]);
    return parseList(stdout);
  };
  const [link] = await ip("addr", "show", "dev", name);
  const listed = link?.["addr_info"];
  const addresses = (isList(listed) ? listed : [])
    .filter(isObject)
    .filter((address) => address["scope"] === "global")
    .map((address) => `${word(address["local"])}/${word(address["prefixlen"])}`);
  const routes = [
    ...(await ip("-4", "route", "show", "default")),
    ...(await ip("-6", "route", "show", "default")),
  ];
  return {
    mac: word(link?.["address"]),
    addresses,
    gateways: routes.filter((route) => route["dev"] === name).map((route) => word(route["gateway"])),
  };
}
