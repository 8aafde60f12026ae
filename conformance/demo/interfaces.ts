/** Interfaces as ip(8) lists them. */
import type { FakeNode } from "../node/fake-node.ts";
import { type JsonObject, isList, isObject, parseList, word } from "../node/json.ts";

export interface Interface {
  readonly name: string;
  readonly mac: string;
  /** With their prefix lengths, without link-local ones. */
  readonly addresses: readonly string[];
  readonly index: number;
  /** Index of the other end of a veth pair. */
  readonly peer: number;
}

/** @param namespace one of the node's, or null for the node itself */
export async function readInterfaces(node: FakeNode, namespace: string | null): Promise<Interface[]> {
  const where = namespace === null ? [] : ["-n", namespace];
  const { stdout } = await node.run("ip", [...where, "-j", "addr"]);
  return parseList(stdout).map(fromJson);
}

export function named(interfaces: readonly Interface[], name: string): Interface {
  const found = interfaces.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`ip(8) lists no interface "${name}"`);
  return found;
}

function fromJson(link: JsonObject): Interface {
  const addresses = link["addr_info"];
  const global = (isList(addresses) ? addresses : [])
    .filter(isObject)
    .filter((address) => address["scope"] !== "link");
  return {
    name: word(link["ifname"]),
    mac: word(link["address"]),
    addresses: global.map((address) => `${word(address["local"])}/${word(address["prefixlen"])}`),
    index: Number(link["ifindex"]),
    peer: Number(link["link_index"]),
  };
}
