/** What the steps of an ADD share that attach something to a bridge. */
import type { Request } from "../../cni/request.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import type { Undo } from "../../sdk/undo.ts";
import type { NetworkNamespace } from "../../sys/namespace.ts";
import type { Attachment } from "../attachment.ts";
import type { EthernetLink } from "../links.ts";
import type { BridgeConfiguration } from "./configuration.ts";

export interface Work {
  readonly request: Request;
  readonly configuration: BridgeConfiguration;
  readonly attachment: Attachment;
  readonly ownerLabel: string;
  /** rtnetlink in the bridge's namespace. */
  readonly route: Conversation;
  readonly host: NetworkNamespace;
  readonly undo: Undo;
  /** Takes the link away that was made for the attachment, where it is there. */
  readonly removeLink: () => void;
}

/** The interface of the host that packets of a network come in by, and that has its gateways' addresses: the bridge or a VLAN's. */
export interface HostInterface extends EthernetLink {
  /** True when this run made it. */
  readonly isNew: boolean;
}
