/** What an ADD of either kind is about. */
import type { Request } from "../../cni/request.ts";
import type { NetworkNamespace } from "../../sys/namespace.ts";
import type { Attachment } from "../attachment.ts";
import type { TapConfiguration } from "./configuration.ts";

export interface TapCall {
  readonly request: Request;
  readonly keys: TapConfiguration;
  readonly attachment: Attachment;
  readonly ownerLabel: string;
  /** Of CNI_NETNS. */
  readonly namespace: NetworkNamespace;
}
