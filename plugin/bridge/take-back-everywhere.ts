/** For GC: what a DEL could not take back because something else was under way, or that came to no DEL at all. */
import type { Request } from "../../cni/request.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { decodeLink, listLinks } from "../../netlink/route/link.ts";
import type { Failures } from "../../sdk/failures.ts";
import { NetworkNamespace } from "../../sys/namespace.ts";
import { openRoute } from "../kernel.ts";
import { bridgesWithMarks, orphansOf } from "./switch-marks.ts";

/** On whichever bridge: a mark says nothing of networks, and what no port uses is nobody's. */
export async function takeBackEverywhere({ log }: Request, failures: Failures): Promise<void> {
  using route = openRoute();
  const conversation: Conversation = route;
  const links = conversation.dump(listLinks()).map(decodeLink);
  const bridges = bridgesWithMarks(links);
  if (bridges.size + orphansOf(links).length === 0) return;
  const { takeBackOrphans, takeBackUnused } = await import("./take-back.ts");
  const work = { route: conversation, host: NetworkNamespace.own(), log };
  for (const bridge of bridges) await failures.attempt(() => takeBackUnused(work, bridge));
  await failures.attempt(() => takeBackOrphans(work));
}
