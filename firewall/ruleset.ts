/**
 * Our table as one value: its sets, chains and rules, which never depend on how many containers there are.
 * The rules ask for the interface that a packet came in by in postrouting (Linux 5.7) and look up ranges of concatenated
 * fields (Linux 5.6).
 */
import type { Family } from "../inet/address.ts";
import type { Request } from "../netlink/message.ts";
import { ensureChain, hookPriorities, hooks, type Attachment } from "../netlink/nftables/chain.ts";
import {
  goToChain,
  loadMeta,
  loadNetworkHeader,
  maskWith,
  masquerade,
  metaKeys,
  registers,
  requireEqual,
  requireInSet,
  returnFromChain,
  type KnownExpression,
} from "../netlink/nftables/expression.ts";
import { protocolFamilies } from "../netlink/nftables/headers.ts";
import { appendRule, flushChain } from "../netlink/nftables/rule.ts";
import { ensureSet, keyTypes } from "../netlink/nftables/set.ts";
import { ensureTable } from "../netlink/nftables/table.ts";
import { families, ownTable, setsOf } from "./layout.ts";

export interface Chain {
  readonly name: string;
  readonly attachment?: Attachment;
  readonly rules: readonly (readonly KnownExpression[])[];
}

/** Where the addresses of a header are, in bytes from its start: RFC 791 section 3.1, RFC 8200 section 3. */
const headers = {
  4: {
    protocol: protocolFamilies.ipv4,
    source: { offset: 12, length: 4 },
    destination: { offset: 16, length: 4 },
  },
  6: {
    protocol: protocolFamilies.ipv6,
    source: { offset: 8, length: 16 },
    destination: { offset: 24, length: 16 },
  },
} as const;

const egressChains = { 4: "egress4", 6: "egress6" } as const;

function onlyFamily(family: Family): KnownExpression[] {
  return [
    loadMeta(metaKeys.protocolFamily, registers.first),
    requireEqual(registers.first, Uint8Array.of(headers[family].protocol)),
  ];
}

/** Where the fields of a key are loaded to, each right behind the one before: an IPv4 address fills 32 bits only. */
const keyRegisters = {
  4: { source: registers.first, interfaceName: registers.second32, destination: registers.sixth32 },
  6: { source: registers.first, interfaceName: registers.second, destination: registers.third },
} as const;

/** `ip saddr . iifname` */
function loadSource(family: Family): KnownExpression[] {
  return [
    loadNetworkHeader(headers[family].source, keyRegisters[family].source),
    loadMeta(metaKeys.inputInterfaceName, keyRegisters[family].interfaceName),
  ];
}

/** `ip daddr 224.0.0.0/4` or `ip6 daddr ff00::/8` */
const requireMulticast: Readonly<Record<Family, readonly KnownExpression[]>> = {
  4: [
    loadNetworkHeader(headers[4].destination, registers.first),
    maskWith(registers.first, Uint8Array.of(0xf0, 0, 0, 0)),
    requireEqual(registers.first, Uint8Array.of(0xe0, 0, 0, 0)),
  ],
  6: [
    loadNetworkHeader({ offset: headers[6].destination.offset, length: 1 }, registers.first),
    requireEqual(registers.first, Uint8Array.of(0xff)),
  ],
};

function egressChain(family: Family): Chain {
  return {
    name: egressChains[family],
    rules: [
      [...onlyFamily(family), ...requireMulticast[family], returnFromChain()],
      [
        ...onlyFamily(family),
        ...loadSource(family),
        loadNetworkHeader(headers[family].destination, keyRegisters[family].destination),
        requireInSet(setsOf[family].direct, keyRegisters[family].source),
        returnFromChain(),
      ],
      [masquerade()],
    ],
  };
}

const postrouting: Chain = {
  name: "postrouting",
  attachment: { type: "nat", hook: hooks.postrouting, priority: hookPriorities.sourceNat },
  rules: families.map((family) => [
    ...onlyFamily(family),
    ...loadSource(family),
    requireInSet(setsOf[family].masquerade, keyRegisters[family].source),
    goToChain(egressChains[family]),
  ]),
};

/** Chains before those that lead to them. */
export const chains: readonly Chain[] = [...families.map(egressChain), postrouting];

function setRequests(family: Family): Request[] {
  const address = family === 4 ? keyTypes.ipv4Address : keyTypes.ipv6Address;
  const source = [address, keyTypes.interfaceName];
  const { masquerade: sources, direct } = setsOf[family];
  return [
    ensureSet({ ...ownTable, set: sources, id: family, key: source, ranges: false }),
    ensureSet({ ...ownTable, set: direct, id: family * 10, key: [...source, address], ranges: true }),
  ];
}

/**
 * Requests that, in one batch, bring the table to this form from whatever it is: absent, emptied, half deleted. Elements
 * that are there stay. Rules are flushed and written anew, so two processes doing this at once never double them.
 */
export function rulesetRequests(): Request[] {
  return [
    ensureTable(ownTable),
    ...families.flatMap(setRequests),
    ...chains.map(({ name, attachment }) => ensureChain({ ...ownTable, chain: name }, attachment)),
    ...chains.flatMap(({ name, rules }) => {
      const target = { ...ownTable, chain: name };
      return [flushChain(target), ...rules.map((rule) => appendRule(target, rule))];
    }),
  ];
}
