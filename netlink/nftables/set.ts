/** Sets: NFT_MSG_NEWSET, NFTA_SET_*. */
import { align4, list, nested } from "../attributes.ts";
import { messageFlags, type Request } from "../message.ts";
import { binary, cString, u32be } from "../payload.ts";
import { buildNftablesRequest, nftablesMessageTypes } from "./headers.ts";
import type { SetAddress } from "./set-element.ts";
import { machineOrderKey } from "./user-data.ts";

/** NFT_SET_* */
const setFlags = { interval: 0x4, concatenated: 0x80 } as const;

/** The data types of nft(8) (include/datatype.h): the kernel keeps their numbers for it, to show keys by. */
export const keyTypes = {
  ipv4Address: { number: 7, bytes: 4 },
  ipv6Address: { number: 8, bytes: 16 },
  etherAddress: { number: 9, bytes: 6 },
  interfaceName: { number: 41, bytes: 16, isInMachineOrder: true },
} as const;

const bitsOfKeyType = 6; // TYPE_BITS: types of concatenated fields are packed into one number

export interface KeyField {
  readonly number: number;
  readonly bytes: number;
  /** For nft(8), which takes keys of a single field for numbers in network order otherwise. */
  readonly isInMachineOrder?: boolean;
}

/** NFTA_SET_*, of which NFTA_SET_DESC tells the lengths of concatenated fields (NFTA_SET_DESC_CONCAT). */
const setAttributes = {
  table: [1, cString],
  name: [2, cString],
  flags: [3, u32be],
  keyType: [4, u32be],
  keyLength: [5, u32be],
  description: [9, nested({ fields: [2, list(1, nested({ length: [1, u32be] } as const))] } as const)],
  /** Refers to the set within its batch; the kernel demands one. */
  id: [10, u32be],
  userData: [13, binary],
} as const;

export interface NewSet extends SetAddress {
  /** Unique within the batch. */
  readonly id: number;
  readonly key: readonly KeyField[];
  /** Whether elements are ranges, each field by itself (Linux 5.6). */
  readonly ranges: boolean;
}

/** Succeeds as well where the set is there. */
export function ensureSet(set: NewSet): Request {
  const flags = set.ranges ? setFlags.interval | setFlags.concatenated : 0;
  const fields = set.key.map((field) => ({ length: field.bytes }));
  return buildNftablesRequest({
    purpose: `create set "${set.set}" of table "${set.table}"`,
    type: nftablesMessageTypes.newSet,
    flags: messageFlags.create,
    family: set.family,
    table: setAttributes,
    attributes: {
      table: set.table,
      name: set.set,
      flags,
      keyType: set.key.reduce((packed, field) => (packed << bitsOfKeyType) | field.number, 0),
      keyLength: set.key.reduce((sum, field) => sum + align4(field.bytes), 0),
      id: set.id,
      description: set.ranges ? { fields } : undefined,
      userData: set.key.length === 1 && set.key[0]?.isInMachineOrder === true ? machineOrderKey : undefined,
    },
  });
}
