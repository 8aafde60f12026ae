/** Prefix lengths of addresses that nothing but a lease tells: a lease has none. */
import { parseAddress } from "../../inet/address.ts";
import { contains, formatPrefix, networkOf, parsePrefix } from "../../inet/prefix.ts";
import { includesVlan } from "../../netlink/route/vlan-range.ts";
import type { Bridge, Port } from "./description.ts";

/** Each gets that of the network that it is in, as far as somebody on the bridge tells of one; else it stays as it was. */
export function withPrefixLengths(bridge: Bridge): Bridge {
  return { ...bridge, ports: bridge.ports.map((port) => withLengths(port, bridge)) };
}

function withLengths(port: Port, bridge: Bridge): Port {
  const { endpoint } = port;
  if (endpoint === undefined || endpoint.addresses.every(hasLength)) return port;
  const networks = networksAround(port, bridge).filter(hasLength).map(parsePrefix).map(networkOf);
  const addresses = endpoint.addresses.map((text) => {
    if (hasLength(text)) return text;
    const address = parseAddress(text);
    const network = networks.find((each) => contains(each, address));
    return network === undefined ? text : formatPrefix({ address, length: network.length });
  });
  return { ...port, endpoint: { ...endpoint, addresses } };
}

function hasLength(text: string): boolean {
  return text.includes("/");
}

/** Addresses of its own network's attachments, of the gateway in its VLAN, of the bridge: the surest first. */
function networksAround({ owner, vlans }: Port, { ports, gateways, addresses }: Bridge): string[] {
  const alike = ports.filter((port) => owner !== undefined && port.owner?.network === owner.network);
  const gatewaysHere = gateways.filter(({ vlan }) => vlans.some((range) => includesVlan(range, vlan)));
  return [
    ...alike.flatMap(({ endpoint }) => endpoint?.addresses ?? []),
    ...gatewaysHere.flatMap((gateway) => gateway.addresses),
    ...addresses,
  ];
}
