/** Reading our sets back. */
import type { Conversation } from "../netlink/conversation.ts";
import type { Message } from "../netlink/message.ts";
import { listSetElements, type SetAddress, type SetElement } from "../netlink/nftables/set-element.ts";
import type { SetContents } from "./element-requests.ts";
import type { OwnTable } from "./layout.ts";
import { isMissing } from "./refusals.ts";

/** Contents of all sets of `table` as far as `decode` picks them; what does not exist is empty. @throws NetlinkError */
export function readSets(
  conversation: Conversation,
  { family, table, sets }: OwnTable,
  decode: (message: Message) => SetElement[],
): SetContents[] {
  return sets.map((set) => ({
    set,
    elements: readSet(conversation, { family, table, set }).flatMap(decode),
  }));
}

function readSet(conversation: Conversation, target: SetAddress): Message[] {
  try {
    return conversation.dump(listSetElements(target));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
