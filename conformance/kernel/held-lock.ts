/** Locks of flock(2) that somebody else has. */
import { setTimeout as delay } from "node:timers/promises";
import type { FakeNode } from "../node/index.ts";
import type { Background } from "../node/background.ts";

/** The file of the namespace that the node's own programs start in. */
export const hostNamespace = "/proc/self/ns/net";

/** How it is held. */
export interface Hold {
  /** Others may have it as well; alone when left out. */
  readonly isShared?: boolean;
  /** Given back after so many seconds, which is longer than any test when left out. */
  readonly seconds?: number;
}

/** Holds the lock of a file by flock(1) from when this returns, until it is stopped. @throws Error where it cannot be had */
export async function holdLock(
  node: FakeNode,
  file: string,
  { isShared = false, seconds = 600 }: Hold = {},
): Promise<Background> {
  const program = ["sh", "-c", `echo held; exec sleep ${seconds}`];
  const holder = await node.background("flock", ["-F", isShared ? "-s" : "-x", file, ...program]);
  while (!holder.stdout().includes("held")) {
    if (!holder.isRunning()) throw new Error(`flock(1) could not take the lock: ${holder.stderr()}`);
    await delay(5);
  }
  return holder;
}
