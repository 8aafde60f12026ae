/** VLANs only where a network has some: the ADD of any other does not even load what is for them. */
import type { Bridge } from "../bridge-link.ts";
import type { Segment } from "./segment.ts";
import { usesVlans } from "./keys.ts";
import type { Work } from "../work.ts";

/** Undefined for a network that has nothing to do with VLANs. @throws CniError 105 */
export async function openSegmentIfAny(work: Work, bridge: Bridge): Promise<Segment | undefined> {
  if (!usesVlans(work.configuration)) return undefined;
  return (await import("./segment.ts")).openSegment(work, bridge);
}
