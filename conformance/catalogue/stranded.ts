/** Attachments that the runtime lists for GC, and some that it does not. */
import type { JsonObject } from "../../cni/json-object.ts";
import type { Box } from "../suite/box.ts";
import type { Trial } from "../suite/trial.ts";
import { claimAttached, destroy } from "./footprint.ts";

export const listKey = "cni.dev/valid-attachments";
/** How the specification named the key until July 2024. */
export const oldListKey = "cni.dev/attachments";

/** The attachments that are still there, as the runtime lists them. */
export function valid(...boxes: readonly Box[]): readonly JsonObject[] {
  return boxes.map(({ containerId, ifname }) => ({ containerID: containerId, ifname }));
}

/** Attaches the first box and two more, whose namespaces then go without a DEL. */
export async function strand(trial: Trial, config: JsonObject = trial.configuration()) {
  const kept = await trial.add({ config });
  await claimAttached(trial, kept);
  const before = await trial.snapshot();
  const stale = [];
  for (const name of ["two", "three"]) {
    const of = await trial.addBox(name);
    const added = await trial.add({ of, config });
    await claimAttached(trial, added, of);
    stale.push(added);
    await destroy(trial, of);
  }
  return { config, kept, stale, before };
}
