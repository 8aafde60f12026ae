/** The attachments that a GC leaves alone; CNI specification 1.1.0, section 2 "GC". */
import * as v from "valibot";
import type { JsonObject } from "../cni/configuration.ts";
import { decodeWith } from "../cni/schema.ts";

export interface Attachment {
  readonly containerId: string;
  readonly ifname: string;
}

const attachments = v.optional(
  v.array(
    v.pipe(
      v.object({ containerID: v.string(), ifname: v.string() }),
      v.transform(({ containerID, ifname }): Attachment => ({ containerId: containerID, ifname })),
    ),
  ),
);

// Runtimes built on old libraries send the second key only, a misprint of an early text of the specification.
const schema = v.object({ "cni.dev/valid-attachments": attachments, "cni.dev/attachments": attachments });

/** Undefined where the runtime sent no list, which does not mean that no attachment is valid. @throws CniError 7 */
export function readValidAttachments(json: JsonObject): readonly Attachment[] | undefined {
  const decoded = decodeWith(schema, json);
  return decoded["cni.dev/valid-attachments"] ?? decoded["cni.dev/attachments"];
}
