/** Reading one object that may not be there. */
import type { Conversation } from "../netlink/conversation.ts";
import type { Message, Request } from "../netlink/message.ts";
import { isUnsupported } from "./refusals.ts";

/** Undefined where there is no such object, and where the kernel knows none of its kind. @throws NetlinkError */
export function readObject(conversation: Conversation, request: Request): Message | undefined {
  try {
    return conversation.request(request)[0];
  } catch (error) {
    if (isUnsupported(error)) return undefined;
    throw error;
  }
}
