/** Whether egress masquerade is in place: the elements of one attachment, and the rules that give them their effect. */
import { formatAddress, sameAddress } from "../inet/address.ts";
import { formatPrefix, networkOf, samePrefix } from "../inet/prefix.ts";
import type { Conversation } from "../netlink/conversation.ts";
import { listMasquerade, type ListedMasquerade } from "./list-masquerade.ts";
import { directPrefixes, type EgressMasquerade, type MasqueradedSource } from "./egress-masquerade.ts";
import { masqueradeRuleset } from "./masquerade-ruleset.ts";
import { rulesetFaults } from "./ruleset-faults.ts";

/**
 * What is missing, or somebody else's, in words for a person; empty where all is well.
 * @throws NetlinkError, DecodeError
 */
export function missingMasquerade(conversation: Conversation, masquerade: EgressMasquerade): string[] {
  const faults = rulesetFaults(conversation, masqueradeRuleset);
  const listed = listMasquerade(conversation).filter(
    ({ interfaceName }) => interfaceName === masquerade.interfaceName,
  );
  return [...faults, ...masquerade.sources.flatMap((source) => sourceFaults(source, masquerade, listed))];
}

function sourceFaults(
  source: MasqueradedSource,
  masquerade: EgressMasquerade,
  listed: readonly ListedMasquerade[],
): string[] {
  const subject = `masquerade of ${formatAddress(source.address)} from "${masquerade.interfaceName}"`;
  const entries = listed.filter(({ address }) => sameAddress(address, source.address));
  const other = entries.find((entry) => entry.masqueraded && entry.ownerLabel !== masquerade.ownerLabel);
  if (other !== undefined) return [`${subject} belongs to "${other.ownerLabel}"`];
  const own = entries.find((entry) => entry.masqueraded);
  if (own === undefined) return [`${subject} is missing`];
  return directPrefixes(source)
    .filter((wanted) => !own.direct.some((found) => samePrefix(found, networkOf(wanted))))
    .map((wanted) => `${subject}: the exception of ${formatPrefix(networkOf(wanted))} is missing`);
}
