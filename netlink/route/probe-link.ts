/**
 * What the kernel knows of links, asked without making one. No kernel makes a link called "/" (dev_valid_name()), but before it
 * looks at the name it looks for the kind (EOPNOTSUPP where it has none), and at the kind's settings. Where a kind is a module that
 * is not loaded yet it gets loaded, as it would be for a link.
 */
import { encodeAttributes } from "../attributes.ts";
import { messageFlags, type Request } from "../message.ts";
import { u16be } from "../payload.ts";
import { buildRequest, routeMessageTypes } from "./headers.ts";
import { ifinfo, linkAttributes } from "./link.ts";

const impossibleName = "/";

function probe(purpose: string, linkInfo: { readonly kind: string; readonly data?: Uint8Array }): Request {
  return buildRequest({
    purpose,
    type: routeMessageTypes.newLink,
    flags: messageFlags.create | messageFlags.exclusive,
    header: ifinfo({}),
    table: linkAttributes,
    attributes: { name: impossibleName, linkInfo },
  });
}

/** Refused with EOPNOTSUPP where the kernel knows no links of this kind, and with something else where it does. */
export function probeKind(kind: string): Request {
  return probe(`ask for links of kind ${kind}`, { kind });
}

/** IFLA_BR_VLAN_PROTOCOL */
const vlanProtocol = { vlanProtocol: [8, u16be] } as const;
/** ETH_P_IP, which is no protocol of VLANs. */
const noVlanProtocol = 0x0800;

/**
 * Refused with EPROTONOSUPPORT where bridges can filter VLANs, and otherwise for the name with EINVAL: without
 * CONFIG_BRIDGE_VLAN_FILTERING nobody looks at the setting (br_validate()).
 */
export function probeVlanFiltering(): Request {
  const data = encodeAttributes(vlanProtocol, { vlanProtocol: noVlanProtocol });
  return probe("ask for VLAN filtering of bridges", { kind: "bridge", data });
}
