/** Reading our sets back. */
import type { Conversation } from "../netlink/conversation.ts";
import type { Message } from "../netlink/message.ts";
import { listSetElements, type SetElement } from "../netlink/nftables/set-element.ts";
import { allSets, ownTable } from "./layout.ts";
import type { SetContents } from "./egress-masquerade.ts";
import { isMissing } from "./refusals.ts";

/** Contents of all our sets as far as `decode` picks them; what does not exist is empty. @throws NetlinkError */
export function readSets(
  conversation: Conversation,
  decode: (message: Message) => SetElement[],
): SetContents[] {
  return allSets.map((set) => ({ set, elements: readSet(conversation, set).flatMap(decode) }));
}

function readSet(conversation: Conversation, set: string): Message[] {
  try {
    return conversation.dump(listSetElements({ ...ownTable, set }));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
