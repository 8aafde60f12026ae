/** The generation of a namespace's ruleset: a counter that every committed batch moves on, whoever sends it. */
import type { Message, Request } from "../message.ts";
import { DecodeError } from "../decode-error.ts";
import { u32be } from "../payload.ts";
import { splitMessage } from "../route/headers.ts";
import { buildNftablesRequest, familyHeaderBytes, nftablesMessageTypes } from "./headers.ts";

/** NFTA_GEN_* */
const generationAttributes = { id: [1, u32be] } as const;

export function getGeneration(): Request {
  return buildNftablesRequest({
    purpose: "read the generation of the nf_tables ruleset",
    type: nftablesMessageTypes.getGeneration,
    family: 0,
    table: generationAttributes,
    attributes: {},
  });
}

/** @throws DecodeError when the message carries none */
export function decodeGeneration(message: Message): number {
  const { id } = splitMessage(message, familyHeaderBytes, generationAttributes).attributes;
  if (id === undefined) throw new DecodeError("expected a generation");
  return id;
}
