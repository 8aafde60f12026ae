/** Whether the guard of a MAC address is in place: the elements of one attachment, and the rule behind them. */
import { formatMac } from "../inet/mac.ts";
import type { Conversation } from "../netlink/conversation.ts";
import { decodeSetElements, type SetElement } from "../netlink/nftables/set-element.ts";
import { guardRuleset } from "./guard-ruleset.ts";
import { decodeInterfaceName, interfaceNameBytes } from "./interface-field.ts";
import { guardSets, guardTable } from "./layout.ts";
import type { MacGuard } from "./mac-guard.ts";
import { readSets } from "./read-sets.ts";
import { rulesetFaults } from "./ruleset-faults.ts";

/**
 * What is missing, too much, or somebody else's, in words for a person; empty where all is well.
 * @throws NetlinkError, DecodeError
 */
export function missingMacGuard(conversation: Conversation, guard: MacGuard): string[] {
  const faults = rulesetFaults(conversation, guardRuleset);
  const own = new Map(
    readSets(conversation, guardTable, decodeSetElements).map(({ set, elements }) => [
      set,
      elements.filter(({ key }) => isOf(guard.hostEnd, key)),
    ]),
  );
  faults.push(...guardFaults(guard, own.get(guardSets.guarded)?.[0]));
  faults.push(...permissionFaults(guard, own.get(guardSets.allowed) ?? []));
  return faults;
}

function isOf(hostEnd: string, key: Uint8Array): boolean {
  return decodeInterfaceName(key.subarray(0, interfaceNameBytes)) === hostEnd;
}

function guardFaults({ ownerLabel, hostEnd }: MacGuard, found: SetElement | undefined): string[] {
  const subject = `guard of the MAC address on "${hostEnd}"`;
  if (found === undefined) return [`${subject} is missing`];
  return found.comment === ownerLabel ? [] : [`${subject} belongs to "${found.comment ?? ""}"`];
}

const macBytes = 6; // ETH_ALEN

function permissionFaults({ hostEnd, mac }: MacGuard, found: readonly SetElement[]): string[] {
  const wanted = formatMac(mac);
  const allowed = found.map(({ key }) =>
    formatMac(key.subarray(interfaceNameBytes, interfaceNameBytes + macBytes)),
  );
  const faults = allowed
    .filter((other) => other !== wanted)
    .map((other) => `"${hostEnd}" may send from ${other} as well`);
  return allowed.includes(wanted) ? faults : [`"${hostEnd}" may not send from ${wanted}`, ...faults];
}
