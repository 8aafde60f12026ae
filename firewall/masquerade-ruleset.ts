/**
 * The table of egress masquerade. Its rules ask for the interface that a packet came in by in postrouting (Linux 5.7) and
 * look up ranges of concatenated fields (Linux 5.6).
 */
import type { Family } from "../inet/address.ts";
import { hookPriorities, hooks } from "../netlink/nftables/chain.ts";
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
import { keyTypes } from "../netlink/nftables/set.ts";
import { families, masqueradeTable, setsOf } from "./layout.ts";
import type { Chain, Ruleset, RulesetSet } from "./ruleset.ts";

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

function setsFor(family: Family): RulesetSet[] {
  const address = family === 4 ? keyTypes.ipv4Address : keyTypes.ipv6Address;
  const source = [address, keyTypes.interfaceName];
  const { masquerade: sources, direct } = setsOf[family];
  return [
    { set: sources, key: source, ranges: false },
    { set: direct, key: [...source, address], ranges: true },
  ];
}

export const masqueradeRuleset: Ruleset = {
  table: masqueradeTable,
  sets: families.flatMap(setsFor),
  chains: [...families.map(egressChain), postrouting],
  needs:
    "masquerading by nf_tables needs Linux 5.7 with the modules nf_tables, nft_chain_nat and nft_masq: " +
    'load them, or set "ipMasqBackend" to "iptables"',
};
