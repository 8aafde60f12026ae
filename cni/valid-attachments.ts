/** The attachments that a GC leaves alone; CNI specification 1.1.0, section 2 "GC". */
import type { JsonObject } from "./json-object.ts";
import { nameFault } from "./environment.ts";
import {
  decodeWith,
  interfaceNameText,
  list,
  object,
  optional,
  refuse,
  text,
  type Schema,
} from "./schema.ts";

export interface Attachment {
  readonly containerId: string;
  readonly ifname: string;
}

/** An entry that names nothing that can be is a mistake, and what it was meant to keep is not known: nothing may be removed. */
const containerIdText: Schema<string> = (value, path) => {
  const fault = nameFault(text(value, path));
  return fault === undefined ? text(value, path) : refuse(value, path, `as a container id it ${fault}`);
};

const attachments = optional(list(object({ containerID: containerIdText, ifname: interfaceNameText })));

// Runtimes built on old libraries send the second key only, a misprint of an early text of the specification.
const schema = object({ "cni.dev/valid-attachments": attachments, "cni.dev/attachments": attachments });

/** What was read already: dispatching reads the list, then a plugin and its delegate, and there may be thousands of entries. */
const known = new WeakMap<JsonObject, { readonly valid: readonly Attachment[] | undefined }>();

/** Undefined where the runtime sent no list, which does not mean that no attachment is valid. @throws CniError 7 */
export function readValidAttachments(json: JsonObject): readonly Attachment[] | undefined {
  const found = known.get(json) ?? { valid: decodeList(json) };
  known.set(json, found);
  return found.valid;
}

function decodeList(json: JsonObject): readonly Attachment[] | undefined {
  const decoded = decodeWith(schema, json);
  const valid = decoded["cni.dev/valid-attachments"] ?? decoded["cni.dev/attachments"];
  return valid?.map(({ containerID, ifname }) => ({ containerId: containerID, ifname }));
}
