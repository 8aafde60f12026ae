/**
 * As much of nf_tables as this folder speaks, for tests: tables with sets, chains and rules, changed by whole batches.
 * Overlapping ranges are not noticed: only the same key is.
 */
import { Conversation } from "../netlink/conversation.ts";
import { concat, decodeAttributes, encodeAttributes, rawAttributes } from "../netlink/attributes.ts";
import { acknowledge, done, entry, FakeKernel, refuse, reply, type Answer } from "../netlink/fake-kernel.ts";
import { messageFlags, type Message } from "../netlink/message.ts";
import { familyHeader, familyHeaderBytes, nftablesMessageTypes } from "../netlink/nftables/headers.ts";
import { addSetElements, decodeSetElements, type SetElement } from "../netlink/nftables/set-element.ts";
import { cString, u32be } from "../netlink/payload.ts";
import { masqueradeTable, type OwnTable } from "./layout.ts";

const types = nftablesMessageTypes;
const batch = { begin: 16, end: 17 } as const;
const errnos = { missing: 2, exists: 17, changedSince: 85 } as const;
const generationAttributes = { id: [1, u32be] } as const;

export interface FakeTable {
  readonly body: Uint8Array;
  readonly sets: Map<string, SetElement[]>;
  readonly chains: Map<string, Uint8Array>;
  rules: { readonly chain: string; readonly body: Uint8Array }[];
}

export class FakeNftables {
  generation = 1;
  /** How many messages each batch had, without begin and end. */
  readonly batches: number[] = [];
  /** Called before each batch is looked at: somebody else's moment. */
  beforeBatch: ((attempt: number) => void) | undefined;
  /** A message type that this kernel refuses, and with what. */
  refusing: { readonly type: number; readonly errno: number } | undefined;
  readonly conversation: Conversation;
  readonly #looksAt: OwnTable;
  /** By family: all of our tables have the same name. */
  #tables = new Map<number, FakeTable>();
  #open: Message[] | undefined;

  /** `looksAt`: the table that a test is about, which is here as {@link table}. */
  constructor(looksAt: OwnTable = masqueradeTable) {
    this.#looksAt = looksAt;
    const kernel = new FakeKernel((request) => this.#answer(request));
    this.conversation = new Conversation(kernel, (errno) => `errno ${errno}`);
  }

  get table(): FakeTable | undefined {
    return this.#tables.get(this.#looksAt.family);
  }

  set table(table: FakeTable | undefined) {
    if (table === undefined) this.#tables.delete(this.#looksAt.family);
    else this.#tables.set(this.#looksAt.family, table);
  }

  /** Comments of a set's elements, in order. */
  comments(set: string): (string | undefined)[] {
    return (this.table?.sets.get(set) ?? []).map(({ comment }) => comment);
  }

  /** A change by somebody else. */
  meddle(change: (table: FakeTable) => void): void {
    if (this.table !== undefined) change(this.table);
    this.generation++;
  }

  #answer(request: Message): Answer {
    if (request.type === batch.begin) {
      this.#open = [request];
      return [];
    }
    if (this.#open === undefined) return this.#read(request);
    if (request.type !== batch.end) {
      this.#open.push(request);
      return [];
    }
    const messages = this.#open;
    this.#open = undefined;
    return this.#commit(messages);
  }

  #read(request: Message): Answer {
    if (this.refusing?.type === request.type) return [[refuse(request, { errno: this.refusing.errno })]];
    const table = this.#tables.get(familyOf(request));
    const missing: Answer = [[refuse(request, { errno: errnos.missing })]];
    if (request.type === types.getGeneration) {
      const id = encodeAttributes(generationAttributes, { id: this.generation });
      const body = concat([familyHeader(0), id]);
      return [[reply(request, { type: request.type, body }), acknowledge(request)]];
    }
    if (table === undefined) return missing;
    if (request.type === types.getTable) {
      return [[reply(request, { type: types.newTable, body: table.body }), acknowledge(request)]];
    }
    if (request.type === types.getChain) {
      const body = table.chains.get(name(request, 3));
      if (body === undefined) return missing;
      return [[reply(request, { type: types.newChain, body }), acknowledge(request)]];
    }
    if (request.type === types.getRule) {
      return [
        [...table.rules.map(({ body }) => entry(request, { type: types.newRule, body })), done(request)],
      ];
    }
    const set = name(request, 2);
    const elements = table.sets.get(set);
    if (elements === undefined) return missing;
    const { body } = addSetElements({ ...this.#looksAt, set }, elements);
    return [[entry(request, { type: types.newSetElements, body })], [done(request)]];
  }

  #commit(messages: readonly Message[]): Answer {
    this.beforeBatch?.(this.batches.length + 1);
    const [begin, ...requests] = messages;
    this.batches.push(requests.length);
    if (begin === undefined) return [];
    const { id } = decodeAttributes(generationAttributes, begin.body.subarray(familyHeaderBytes));
    if (id !== undefined && id !== this.generation) {
      return [[refuse(begin, { errno: errnos.changedSince })]];
    }
    const before = new Map([...this.#tables].map(([family, table]) => [family, copyOf(table)]));
    const results = requests.map((request) => ({ request, errno: this.#apply(request) }));
    const failed = results.some(({ errno }) => errno !== 0);
    if (failed) this.#tables = before;
    else this.generation++;
    return results
      .filter(({ request, errno }) => errno !== 0 || (request.flags & messageFlags.acknowledge) !== 0)
      .map(({ request, errno }) => [refuse(request, { errno })]);
  }

  /** The errno, or 0. */
  #apply(request: Message): number {
    if (this.refusing?.type === request.type) return this.refusing.errno;
    const table = this.#tables.get(familyOf(request));
    if (table !== undefined) return applyTo(table, request);
    if (request.type !== types.newTable) return errnos.missing;
    const empty = { body: request.body, sets: new Map(), chains: new Map(), rules: [] };
    this.#tables.set(familyOf(request), empty);
    return 0;
  }
}

/** Of struct nfgenmsg. */
function familyOf({ body }: Message): number {
  return body[0] ?? 0;
}

function copyOf(table: FakeTable): FakeTable {
  const sets = new Map([...table.sets].map(([set, elements]) => [set, [...elements]]));
  return { body: table.body, sets, chains: new Map(table.chains), rules: [...table.rules] };
}

function name(request: Message, type: number): string {
  for (const attribute of rawAttributes(request.body.subarray(familyHeaderBytes))) {
    if (attribute.type === type) return cString.decode(attribute.bytes);
  }
  return "";
}

function applyTo(table: FakeTable, request: Message): number {
  const { type, body } = request;
  if (type === types.newSet) table.sets.set(name(request, 2), table.sets.get(name(request, 2)) ?? []);
  if (type === types.newChain) table.chains.set(name(request, 3), body);
  if (type === types.newRule) table.rules.push({ chain: name(request, 2), body });
  if (type === types.deleteRule) table.rules = table.rules.filter(({ chain }) => chain !== name(request, 2));
  if (type !== types.newSetElements && type !== types.deleteSetElements) return 0;
  const elements = table.sets.get(name(request, 2));
  if (elements === undefined) return errnos.missing;
  const change = type === types.newSetElements ? insert : remove;
  return decodeSetElements(request).reduce((errno, element) => errno || change(elements, element), 0);
}

function position(elements: readonly SetElement[], { key, keyEnd }: SetElement): number {
  const wanted = `${key.join()}-${keyEnd?.join()}`;
  return elements.findIndex((element) => `${element.key.join()}-${element.keyEnd?.join()}` === wanted);
}

function insert(elements: SetElement[], element: SetElement): number {
  if (position(elements, element) >= 0) return errnos.exists;
  elements.push(element);
  return 0;
}

function remove(elements: SetElement[], element: SetElement): number {
  const at = position(elements, element);
  if (at < 0) return errnos.missing;
  elements.splice(at, 1);
  return 0;
}
