/** Requests that add or delete many elements of one of our tables. */
import type { Request } from "../netlink/message.ts";
import { addSetElements, deleteSetElements, type SetElement } from "../netlink/nftables/set-element.ts";
import type { TableAddress } from "../netlink/nftables/table.ts";

/** Elements that go into, or came out of, one set. */
export interface SetContents {
  readonly set: string;
  readonly elements: readonly SetElement[];
}

// An attribute's length has 16 bits and an element takes up to 270 bytes.
const elementsPerRequest = 200;

function inPieces(
  { family, table }: TableAddress,
  contents: readonly SetContents[],
  build: typeof addSetElements,
): Request[] {
  const requests: Request[] = [];
  for (const { set, elements } of contents) {
    for (let at = 0; at < elements.length; at += elementsPerRequest) {
      requests.push(build({ family, table, set }, elements.slice(at, at + elementsPerRequest)));
    }
  }
  return requests;
}

export function additions(table: TableAddress, contents: readonly SetContents[]): Request[] {
  return inPieces(table, contents, addSetElements);
}

export function deletions(table: TableAddress, contents: readonly SetContents[]): Request[] {
  return inPieces(table, contents, deleteSetElements);
}
