/** vlan: one VLAN of one of the host's interfaces, as an interface of the container. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { NetlinkError } from "../../netlink/netlink-error.ts";
import { linkFlags } from "../../netlink/route/link.ts";
import { createVlanLink, vlanIdOf } from "../../netlink/route/vlan-link.ts";
import { errno } from "../../sys/errno.ts";
import type { NamedLink } from "../links.ts";
import type { UpperKind } from "../upper-device/kind.ts";
import { upperPlugin } from "../upper-device/plugin.ts";
import { readConfiguration, type VlanConfiguration } from "./configuration.ts";

const kind: UpperKind<VlanConfiguration> = {
  kind: "vlan",
  readConfiguration,
  // Its VLAN is its own, so the master's address is no other's there, and one that every network lets through. It does not
  // follow the master's later on: the announcement sets it, after which the kernel no longer counts it as borrowed
  // (NET_ADDR_STOLEN, vlan_sync_address()). Neighbours and CHECK know the first one.
  chooseMac: ({ mac }) => mac,
  refuseUnsuited,
  create: (link, { vlanId }) => createVlanLink({ ...link, id: vlanId, isUp: false }),
  notInKernel,
  explain,
  lowerIndex: (lower) => lower.index,
  differences: (link, { vlanId }) => {
    const found = vlanIdOf(link);
    return found === undefined || found === vlanId
      ? []
      : [`VLAN of "${link.name}" is ${found}, expected ${vlanId}`];
  },
};

/** The kernel lets no VLAN come up before its lower device (vlan_dev_open() says ENETDOWN). */
function refuseUnsuited(lower: NamedLink): void {
  if ((lower.flags & linkFlags.up) !== 0) return;
  throw new CniError(errorCodes.tryAgainLater, `cannot add a VLAN to "${lower.name}": it is down`, {
    details: `bring it up: ip link set ${lower.name} up`,
  });
}

const mend = "load the module 8021q (CONFIG_VLAN_8021Q)";

function notInKernel(cause?: NetlinkError): CniError {
  const message = "cannot make a VLAN interface: the kernel has no 802.1Q";
  return new CniError(errorCodes.kernelFeatureMissing, message, { details: mend, cause });
}

function explain(refusal: NetlinkError, lower: NamedLink, { vlanId }: VlanConfiguration): Error {
  const cause = { cause: refusal };
  if (refusal.errno === errno.EEXIST) {
    const message = `cannot add VLAN ${vlanId} to "${lower.name}": there is an interface for it already`;
    return new CniError(errorCodes.bridgeConflict, message, {
      details: `a master has one interface for each VLAN, on the host or in a container: DEL that one, or use another "vlanId"; for several containers in one VLAN use the bridge plugin with "vlan" and "uplink"`,
      ...cause,
    });
  }
  if (refusal.errno !== errno.EOPNOTSUPP) return refusal;
  const message = `cannot add VLAN ${vlanId} to "${lower.name}": the kernel has no 802.1Q, or that interface can carry none`;
  return new CniError(errorCodes.kernelFeatureMissing, message, {
    details: mend,
    ...cause,
  });
}

export const vlan = upperPlugin(kind);
