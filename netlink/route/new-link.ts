/** Links that are made: bridges, veth pairs, and what sits on another link. */
import { concat, encodeAttributes } from "../attributes.ts";
import { messageFlags, type Request } from "../message.ts";
import { binary } from "../payload.ts";
import { buildRequest, routeMessageTypes } from "./headers.ts";
import { ifinfo, linkAttributes, linkFlags, type LinkAttributes } from "./link.ts";

/** Fails with EEXIST where the name is taken. */
function createLink(
  purpose: string,
  attributes: LinkAttributes,
  { isUp }: { readonly isUp: boolean },
): Request {
  const up = isUp ? linkFlags.up : 0;
  return buildRequest({
    purpose,
    type: routeMessageTypes.newLink,
    flags: messageFlags.create | messageFlags.exclusive,
    header: ifinfo({ flags: up, change: up }),
    table: linkAttributes,
    attributes,
  });
}

export interface NewBridge {
  readonly name: string;
  readonly mac: Uint8Array;
  readonly mtu?: number | undefined;
}

/** A bridge that is up. Naming its MAC address pins it: ports that come and go no longer change it. */
export function createBridge(bridge: NewBridge): Request {
  const { name, mac: address, mtu } = bridge;
  const attributes = { name, address, mtu, linkInfo: { kind: "bridge" } };
  return createLink(`create bridge "${name}"`, attributes, { isUp: true });
}

export interface NewVeth {
  readonly host: { readonly name: string; readonly mac: Uint8Array; readonly master?: number | undefined };
  readonly container: {
    readonly name: string;
    readonly mac: Uint8Array;
    readonly namespaceDescriptor: number;
  };
  readonly mtu?: number | undefined;
}

/** VETH_INFO_PEER holds a struct ifinfomsg and the peer's own attributes. */
const veth = {
  peer: [1, binary],
} as const;

/**
 * A veth pair made whole in one request: the host end up and enslaved, its peer named and already in its namespace.
 * One queue each way saves the kernel a grace period per end; the peer cannot be up yet (veth_open says ENOTCONN).
 */
export function createVeth(pair: NewVeth): Request {
  const queues = { transmitQueues: 1, receiveQueues: 1 };
  const peer = encodeAttributes(linkAttributes, {
    name: pair.container.name,
    address: pair.container.mac,
    mtu: pair.mtu,
    namespaceDescriptor: pair.container.namespaceDescriptor,
    ...queues,
  });
  const data = encodeAttributes(veth, { peer: concat([ifinfo({}), peer]) });
  const attributes = {
    name: pair.host.name,
    address: pair.host.mac,
    mtu: pair.mtu,
    master: pair.host.master,
    ...queues,
    linkInfo: { kind: "veth", data },
  };
  const purpose = `create veth "${pair.host.name}" with peer "${pair.container.name}"`;
  return createLink(purpose, attributes, { isUp: true });
}

/** A link on another one, its lower device. */
export interface NewUpperLink {
  readonly name: string;
  /** Index of the lower device. */
  readonly lower: number;
  /** What it is where left out depends on the kind. */
  readonly mac?: Uint8Array | undefined;
  /** The lower device's where left out, which is also the most. */
  readonly mtu?: number | undefined;
  /** The namespace that it is made in; the lower device stays in that of the conversation. */
  readonly namespaceDescriptor?: number | undefined;
}

/** @param linkInfo its kind, and the settings that the kind has */
export function createUpperLink(
  { name, lower, mac, mtu, namespaceDescriptor }: NewUpperLink,
  linkInfo: { readonly kind: string; readonly data: Uint8Array },
  { purpose, isUp }: { readonly purpose: string; readonly isUp: boolean },
): Request {
  const attributes = { name, address: mac, mtu, link: lower, namespaceDescriptor, linkInfo };
  return createLink(purpose, attributes, { isUp });
}
