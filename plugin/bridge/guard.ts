/** "macspoofchk": frames with another source MAC address than the container's do not pass its port. */
import { guardMac, unguardMac } from "../../firewall/mac-guard.ts";
import { openNetfilter } from "../kernel.ts";
import type { Work } from "./work.ts";

/** To be called before the link inside comes up: no frame passes unchecked. @param port name of the bridge port */
export async function guard(
  { configuration, ownerLabel, undo, removeLink }: Work,
  allowed: { readonly port: string; readonly mac: Uint8Array },
): Promise<void> {
  if (!configuration.macspoofchk) return;
  using netfilter = openNetfilter();
  undo("remove the guard of the MAC address", () => {
    // As with a lease, the link goes first.
    removeLink();
    using again = openNetfilter();
    unguardMac(again, ownerLabel);
  });
  await guardMac(netfilter, { ownerLabel, hostEnd: allowed.port, mac: allowed.mac });
}
