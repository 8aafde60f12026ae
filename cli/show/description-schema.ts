/** The JSON of `trestle show --json`, read back. */
import { isJsonObject } from "../../cni/json-object.ts";
import {
  flag,
  list,
  object,
  oneOf,
  optional,
  refuse,
  text,
  wholeNumber,
  type Schema,
} from "../../cni/schema.ts";
import { descriptionVersion, type Description } from "./description.ts";

const texts = list(text);
const maybeText = optional(text);
const vlanId = wholeNumber({ from: 0, to: 4095 });
const count = wholeNumber({ from: 0, to: 0xffff_ffff });
const state = oneOf("up", "no-carrier", "dormant", "down");

const basics = {
  name: text,
  mac: maybeText,
  mtu: count,
  state,
  addresses: texts,
} as const;

const vlans = list(object({ first: vlanId, last: vlanId, pvid: flag, untagged: flag }));
const owner = object({ network: text, containerId: text, ifname: text, pod: maybeText });
const lower = object({ name: text, vlan: optional(vlanId) });

const endpoint = object({
  namespace: maybeText,
  interface: maybeText,
  mac: maybeText,
  state: optional(state),
  addresses: texts,
});

const port = object({
  ...basics,
  kind: text,
  role: oneOf("container", "guest", "host", "uplink", "subinterface", "other"),
  isOurs: flag,
  portState: oneOf("disabled", "listening", "learning", "forwarding", "blocking"),
  hairpin: flag,
  isolated: flag,
  macGuard: flag,
  vlans,
  learned: list(object({ mac: text, vlan: optional(vlanId) })),
  owner: optional(owner),
  endpoint: optional(endpoint),
  lower: optional(lower),
});

const bridge = object({
  ...basics,
  stp: flag,
  vlanFiltering: flag,
  defaultVlan: optional(vlanId),
  vlans,
  gateways: list(object({ ...basics, vlan: vlanId, isOurs: flag })),
  ports: list(port),
});

const link = object({
  ...basics,
  kind: text,
  owner: optional(owner),
  endpoint: optional(endpoint),
  lower: optional(lower),
  master: maybeText,
});

const network = object({
  name: text,
  bridges: texts,
  masters: texts,
  vlans: list(object({ first: vlanId, last: vlanId })),
  attachments: count,
  leases: count,
});

const schema: Schema<Omit<Description, "version">> = object({
  host: text,
  forwarding: object({ ipv4: optional(flag), ipv6: optional(flag) }),
  networks: list(network),
  bridges: list(bridge),
  interfaces: list(link),
  children: list(object({ kind: text, lower, mode: maybeText, endpoint, owner: optional(owner) })),
  defaultRoutes: list(object({ family: oneOf("ipv4", "ipv6"), interface: text, gateway: maybeText })),
  leases: list(object({ network: text, address: text, containerId: text, ifname: maybeText, isUsed: flag })),
  masquerade: list(
    object({ address: text, interface: text, direct: texts, owner: optional(owner), isUsed: flag }),
  ),
  unreadable: list(object({ source: text, reason: text })),
});

/** @throws SchemaFault naming everything that is not as it should be */
export function decodeDescription(value: unknown): Description {
  const version = isJsonObject(value) ? value["version"] : undefined;
  if (version !== descriptionVersion) refuse(version, "version", `must be ${descriptionVersion}`);
  return { version: descriptionVersion, ...schema(value, "") };
}
