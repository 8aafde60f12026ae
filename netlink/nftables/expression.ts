/** Expressions: the instructions that a rule is made of. NFTA_EXPR_* and NFT_REG_* of linux/netfilter/nf_tables.h. */
import { decodeAttributes, encodeAttributes, nested, type Decoded, type Table } from "../attributes.ts";
import { cString, u32be, type Payload } from "../payload.ts";
import { data } from "./headers.ts";

/** NFT_REG_*: the verdict, then registers of 16 bytes; NFT_REG32_*, four bytes each, are the same memory again. */
export const registers = { verdict: 0, first: 1, second: 2, third: 3, second32: 9, sixth32: 13 } as const;

/** NFT_META_* */
export const metaKeys = { inputInterfaceName: 6, protocolFamily: 15 } as const;

/** NFT_PAYLOAD_* */
export const payloadBases = { linkHeader: 0, networkHeader: 1 } as const;

/** NF_DROP of netfilter, and beside its verdicts NFT_RETURN and NFT_GOTO as negative numbers. */
export const verdicts = { drop: 0, return: 0xffff_fffb, goto: 0xffff_fffc } as const;

const lookupInverted = 1; // NFT_LOOKUP_F_INV

/** NFTA_VERDICT_* inside NFTA_DATA_VERDICT */
const verdictData = nested({
  verdict: [2, nested({ code: [1, u32be], chain: [2, cString] } as const)],
} as const);

/** One table per kind of expression: NFTA_META_*, NFTA_CMP_* and so on. */
const kinds = {
  meta: { destination: [1, u32be], key: [2, u32be] },
  cmp: { source: [1, u32be], operator: [2, u32be], data: [3, data] },
  payload: { destination: [1, u32be], base: [2, u32be], offset: [3, u32be], length: [4, u32be] },
  bitwise: {
    source: [1, u32be],
    destination: [2, u32be],
    length: [3, u32be],
    mask: [4, data],
    xor: [5, data],
  },
  lookup: { set: [1, cString], source: [2, u32be], flags: [5, u32be] },
  immediate: { destination: [1, u32be], data: [2, verdictData] },
  masq: {},
} as const satisfies Record<string, Table>;

type Kinds = typeof kinds;

/** An expression of a kind known here. */
export type KnownExpression = {
  [Kind in keyof Kinds]: { readonly kind: Kind; readonly settings: Decoded<Kinds[Kind]> };
}[keyof Kinds];

/** As read back: of any kind. */
export interface Expression {
  readonly kind: string;
  readonly settings: object;
}

function tableOf(kind: string): Table {
  return (kinds as Readonly<Record<string, Table>>)[kind] ?? {};
}

/** NFTA_EXPR_*: the form of the data follows from the name before it. */
export const expression: Payload<Expression> = {
  ...nested({}),
  encode: ({ kind, settings }) =>
    encodeAttributes({ kind: [1, cString], settings: [2, nested(tableOf(kind))] }, { kind, settings }),
  decode(bytes) {
    const { kind = "" } = decodeAttributes({ kind: [1, cString] } as const, bytes);
    const table = { settings: [2, nested(tableOf(kind))] } as const;
    return { kind, settings: decodeAttributes(table, bytes).settings ?? {} };
  },
};

export function loadMeta(key: number, destination: number): KnownExpression {
  return { kind: "meta", settings: { key, destination } };
}

/** A field of a header, in bytes from its start. */
export interface HeaderField {
  readonly offset: number;
  readonly length: number;
}

export function loadLinkHeader(field: HeaderField, destination: number): KnownExpression {
  return { kind: "payload", settings: { destination, base: payloadBases.linkHeader, ...field } };
}

export function loadNetworkHeader(field: HeaderField, destination: number): KnownExpression {
  return { kind: "payload", settings: { destination, base: payloadBases.networkHeader, ...field } };
}

/** Goes on with the rule only where the register equals `value`. */
export function requireEqual(source: number, value: Uint8Array): KnownExpression {
  return { kind: "cmp", settings: { source, operator: 0, data: { value } } };
}

export function maskWith(register: number, mask: Uint8Array): KnownExpression {
  return {
    kind: "bitwise",
    settings: {
      source: register,
      destination: register,
      length: mask.length,
      mask: { value: mask },
      xor: { value: new Uint8Array(mask.length) },
    },
  };
}

/** Goes on only where the registers from `source` on, as many as the key is long, are in the set. */
export function requireInSet(set: string, source: number): KnownExpression {
  return { kind: "lookup", settings: { source, set } };
}

/** The opposite of {@link requireInSet}. */
export function requireNotInSet(set: string, source: number): KnownExpression {
  return { kind: "lookup", settings: { source, set, flags: lookupInverted } };
}

export function dropPacket(): KnownExpression {
  return giveVerdict({ code: verdicts.drop });
}

export function returnFromChain(): KnownExpression {
  return giveVerdict({ code: verdicts.return });
}

export function goToChain(chain: string): KnownExpression {
  return giveVerdict({ code: verdicts.goto, chain });
}

function giveVerdict(verdict: { readonly code: number; readonly chain?: string }): KnownExpression {
  return { kind: "immediate", settings: { destination: registers.verdict, data: { verdict } } };
}

/** Source address translation to the address of the interface that the packet leaves by. */
export function masquerade(): KnownExpression {
  return { kind: "masq", settings: {} };
}
