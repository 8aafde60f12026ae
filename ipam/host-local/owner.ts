/** Who holds a lease, as the text of the lease's file says it. */
import type { Parameters } from "../../cni/environment.ts";

export type Owner = Pick<Parameters, "containerId" | "ifname">;

/** Byte for byte what the reference plugin writes: no line break at the end. */
export function leaseText({ containerId, ifname }: Owner): string {
  return `${containerId}\r\n${ifname}`;
}

/**
 * A lease's text as it is compared; "" where it names nobody. The reference plugin creates the file before it writes the
 * text, so a power loss can leave it empty or filled with NUL.
 */
export function normalText(text: string): string {
  return text.replaceAll("\0", "").trim();
}

/** "container abc, interface eth0"; very old leases name the container only. */
export function describeOwner(text: string): string {
  const [containerId, ifname] = text.split("\r\n");
  return ifname === undefined ? `container ${containerId}` : `container ${containerId}, interface ${ifname}`;
}
