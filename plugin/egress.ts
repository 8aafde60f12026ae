/** Masquerade for what leaves the host: nf_tables in process, or the iptables program where nf_tables cannot be had. */
import type { Family } from "../inet/address.ts";
import type { Prefix } from "../inet/prefix.ts";
import type { EgressMasquerade } from "../firewall/masquerade.ts";
import type { Attachment } from "./attachment.ts";
import { directDestinations, type PlannedAddress } from "./address-plan.ts";

export interface EgressSubject {
  readonly attachment: Attachment;
  readonly ownerLabel: string;
  /** The host's interface that the container's packets arrive by. */
  readonly interfaceName: string;
  readonly ips: readonly PlannedAddress[];
}

/** What the firewall is asked to hold for an attachment. */
export function describeEgress(subject: EgressSubject, exceptions: readonly Prefix[]): EgressMasquerade {
  const direct = (family: Family) => directDestinations(subject.ips, exceptions, family);
  return {
    ownerLabel: subject.ownerLabel,
    interfaceName: subject.interfaceName,
    sources: subject.ips.map(({ address: { address } }) => ({ address, direct: direct(address.family) })),
  };
}
