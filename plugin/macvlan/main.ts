/** macvlan: an interface with a MAC address of its own on one of the host's, without a bridge. */
import { CniError, errorCodes } from "../../cni/error.ts";
import { createMacvlan, macvlanModes, macvlanSettings } from "../../netlink/route/macvlan-link.ts";
import type { NetlinkError } from "../../netlink/netlink-error.ts";
import { errno } from "../../sys/errno.ts";
import type { NamedLink } from "../links.ts";
import type { UpperKind } from "../upper-device/kind.ts";
import { upperPlugin } from "../upper-device/plugin.ts";
import { readConfiguration, type MacvlanConfiguration } from "./configuration.ts";
import { isTaken } from "./taken-master.ts";

const kind: UpperKind<MacvlanConfiguration> = {
  kind: "macvlan",
  readConfiguration,
  chooseMac: ({ mode, mac }, derived) => (mode === "passthru" ? undefined : (mac ?? derived)),
  refuseUnsuited: (lower) => {
    if (isTaken(lower)) throw enslaved(lower);
  },
  create: (link, { mode, broadcastQueueLength }) => createMacvlan({ ...link, mode, broadcastQueueLength }),
  notInKernel,
  explain,
  // One on a macvlan is put beside it, on the same device (macvlan_common_newlink()).
  lowerIndex: (lower) => (lower.linkInfo?.kind === "macvlan" ? lower.link : lower.index),
  differences: (link, { mode }) => {
    const found = macvlanSettings(link).mode;
    if (found === undefined || found === macvlanModes[mode]) return [];
    const name = Object.entries(macvlanModes).find(([, value]) => value === found)?.[0] ?? String(found);
    return [`mode of "${link.name}" is ${name}, expected ${mode}`];
  },
};

function enslaved(lower: NamedLink, cause?: NetlinkError): CniError {
  return new CniError(
    errorCodes.bridgeConflict,
    `cannot put a macvlan on "${lower.name}": it belongs to a bridge, bond or the like, or has an ipvlan`,
    { details: 'set "master" to that bridge or bond, or to another interface', cause },
  );
}

function notInKernel(cause?: NetlinkError): CniError {
  const message = "cannot make a macvlan: the kernel has none (CONFIG_MACVLAN, module macvlan)";
  const details = "load the module, or use the bridge plugin";
  return new CniError(errorCodes.kernelFeatureMissing, message, { details, cause });
}

function explain(refusal: NetlinkError, lower: NamedLink, { mode }: MacvlanConfiguration): Error {
  const cause = { cause: refusal };
  if (refusal.errno === errno.EBUSY) return enslaved(lower, refusal);
  if (refusal.errno === errno.EOPNOTSUPP) return notInKernel(refusal);
  if (refusal.errno !== errno.EINVAL) return refusal;
  const alone =
    mode === "passthru"
      ? `mode passthru needs "${lower.name}" for itself, and it has a macvlan already`
      : `"${lower.name}" has a macvlan in mode passthru, or is no Ethernet interface`;
  return new CniError(errorCodes.bridgeConflict, `cannot put a macvlan on "${lower.name}": ${alone}`, {
    details: 'set "master" to another interface, or DEL what is on it',
    ...cause,
  });
}

export const macvlan = upperPlugin(kind);
