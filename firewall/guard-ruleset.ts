/** The table of MAC guards: one rule for all of them. */
import { hookPriorities, hooks } from "../netlink/nftables/chain.ts";
import {
  dropPacket,
  loadLinkHeader,
  loadMeta,
  metaKeys,
  registers,
  requireInSet,
  requireNotInSet,
} from "../netlink/nftables/expression.ts";
import { keyTypes } from "../netlink/nftables/set.ts";
import { guardSets, guardTable } from "./layout.ts";
import type { Ruleset } from "./ruleset.ts";

/** `ether saddr`: struct ethhdr, linux/if_ether.h */
const sourceMac = { offset: 6, length: 6 } as const;

const loadInputName = loadMeta(metaKeys.inputInterfaceName, registers.first);

/** In the place where the reference has its own: before the bridge learns or forwards anything by the address. */
const prerouting = {
  name: "prerouting",
  attachment: { type: "filter", hook: hooks.prerouting, priority: hookPriorities.bridgeDestinationNat },
  rules: [
    [
      loadInputName,
      requireInSet(guardSets.guarded, registers.first),
      loadInputName,
      loadLinkHeader(sourceMac, registers.second),
      requireNotInSet(guardSets.allowed, registers.first),
      dropPacket(),
    ],
  ],
} as const;

export const guardRuleset: Ruleset = {
  table: guardTable,
  sets: [
    { set: guardSets.guarded, key: [keyTypes.interfaceName], ranges: false },
    { set: guardSets.allowed, key: [keyTypes.interfaceName, keyTypes.etherAddress], ranges: false },
  ],
  chains: [prerouting],
  needs:
    "checking MAC addresses needs nf_tables with its bridge family (CONFIG_NF_TABLES_BRIDGE): " +
    'use a kernel that has it, or remove "macspoofchk"',
};
