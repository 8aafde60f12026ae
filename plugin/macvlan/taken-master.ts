/** Which interfaces cannot have a macvlan, as far as it can be told before the kernel is asked. */
import type { Link } from "../../netlink/route/link.ts";

/**
 * True for a port of what takes its frames, such as a bridge or a bond. A VRF takes none: it only chooses the routes, so its
 * interfaces have the receive handler to spare that a macvlan needs.
 */
export function isTaken({ master, linkInfo }: Pick<Link, "master" | "linkInfo">): boolean {
  return master !== undefined && linkInfo?.slaveKind !== "vrf";
}
