/** How a device differs from what a configuration asks for. */
import type { TunSettings } from "../../netlink/route/tun-link.ts";
import type { TapConfiguration } from "./configuration.ts";

/** A sentence each; none where the kernel tells nothing of the device, as before Linux 4.20. */
export function deviceDifferences(
  name: string,
  found: TunSettings,
  keys: Pick<TapConfiguration, "owner" | "group" | "multiQueue">,
): string[] {
  // The type is always told, owner and group only where somebody was named (tun_fill_info()).
  if (found.type === undefined) return [];
  const told: [what: string, is: number | undefined, must: number | undefined][] = [
    ["owner", found.owner, keys.owner],
    ["group", found.group, keys.group],
    ["multiQueue", found.multiQueue ?? 0, keys.multiQueue ? 1 : 0],
    ["persistence", found.persistent ?? 0, 1],
  ];
  return told
    .filter(([, is, must]) => is !== must)
    .map(([what, is, must]) => `${what} of "${name}" is ${is ?? "nobody"}, expected ${must ?? "nobody"}`);
}
