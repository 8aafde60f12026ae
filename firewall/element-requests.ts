/** Requests that add or delete many elements. */
import type { Request } from "../netlink/message.ts";
import { addSetElements, deleteSetElements } from "../netlink/nftables/set-element.ts";
import { ownTable } from "./layout.ts";
import type { SetContents } from "./egress-masquerade.ts";

// An attribute's length has 16 bits and an element takes up to 270 bytes.
const elementsPerRequest = 200;

function inPieces(contents: readonly SetContents[], build: typeof addSetElements): Request[] {
  const requests: Request[] = [];
  for (const { set, elements } of contents) {
    for (let at = 0; at < elements.length; at += elementsPerRequest) {
      requests.push(build({ ...ownTable, set }, elements.slice(at, at + elementsPerRequest)));
    }
  }
  return requests;
}

export function additions(contents: readonly SetContents[]): Request[] {
  return inPieces(contents, addSetElements);
}

export function deletions(contents: readonly SetContents[]): Request[] {
  return inPieces(contents, deleteSetElements);
}
