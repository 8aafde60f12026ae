/** Random sequences of ADD, DEL and GC on one store keep what a store of leases promises. */
import { expect, test } from "@jest/globals";
import { CniError } from "../../cni/error.ts";
import { formatAddress, parseAddress } from "../../inet/address.ts";
import { parsePrefix } from "../../inet/prefix.ts";
import { errno } from "./file-failure.ts";
import { createHostLocal } from "./host-local.ts";
import { MemoryFiles } from "./memory-files.ts";
import { leaseText, type Owner } from "./owner.ts";
import { rangeFor, toRangeSet } from "./ranges.ts";
import { sampleRequest } from "./sample-request.ts";

const ranges = [
  [
    { subnet: "10.1.0.0/29", gateway: "10.1.0.4" },
    { subnet: "10.1.1.0/30", gateway: "10.1.1.2" },
  ],
  [{ subnet: "2001:db8::/125", rangeStart: "2001:db8::2", rangeEnd: "2001:db8::6" }],
];
const ipam = { dataDir: "/leases", ranges };
const sets = ranges.map((set) =>
  toRangeSet(
    set.map(({ subnet, ...bounds }) => ({
      subnet: parsePrefix(subnet),
      ...Object.fromEntries(Object.entries(bounds).map(([key, text]) => [key, parseAddress(text)])),
    })),
  ),
);
const gateways = sets.flatMap((set) => set.map(({ gateway }) => formatAddress(gateway)));
const everyAddress = ["10.1.0.1", "10.1.0.2", "10.1.0.5", "10.1.1.1", "2001:db8::3", "10.1.0.4", "10.7.7.7"];

/** mulberry32: the same numbers on every run for the same seed. */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** What the store should hold, by owner. */
type Model = Map<string, readonly string[]>;

function leasesIn(files: MemoryFiles): Record<string, string> {
  const entries = Object.entries(files.list("/leases/net"));
  return Object.fromEntries(entries.filter(([name]) => /^[\d.]+$|:/.test(name)));
}

/** The leases that the model's owners should have, by address. */
function leasesOf(model: Model): Record<string, string> {
  return Object.fromEntries([...model].flatMap(([owner, names]) => names.map((name) => [name, owner])));
}

/** Addresses that were given out and must not be: gateways, what lies outside of the ranges, what has two owners. */
function wrongOnes(model: Model): string[] {
  const given = [...model.values()].flat();
  return given.filter((name, at) => {
    const outside = sets.every((set) => rangeFor(set, parseAddress(name)) === undefined);
    return outside || gateways.includes(name) || given.indexOf(name) !== at;
  });
}

type Random = (below: number) => number;

class Run {
  readonly files = new MemoryFiles();
  readonly model: Model = new Map();
  readonly #plugin = createHostLocal(this.files);
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  async step(): Promise<void> {
    const owner = { containerId: `c${this.#random(6)}`, ifname: `eth${this.#random(2)}` };
    const kind = this.#random(20);
    if (kind < 12) return this.#add(owner);
    if (kind < 19) return this.#del(owner);
    return this.#gc();
  }

  /** Every third ADD asks for an address, every sixth meets a full disk at some call. */
  async #add(owner: Owner): Promise<void> {
    const asked = this.#random(3) === 0 ? everyAddress[this.#random(everyAddress.length)] : undefined;
    const at = this.files.calls.length + this.#random(12);
    this.files.failure = this.#random(6) === 0 ? { at, errno: errno.ENOSPC } : undefined;
    const args = asked === undefined ? "" : `IP=${asked}`;
    try {
      const { ips } = await this.#plugin.add(sampleRequest({ ...owner, args, ipam }));
      const names = ips.map(({ address }) => formatAddress(address.address));
      this.model.set(leaseText(owner), [...(this.model.get(leaseText(owner)) ?? []), ...names]);
    } catch (error) {
      if (!(error instanceof CniError)) throw error;
    } finally {
      this.files.failure = undefined;
    }
  }

  async #del(owner: Owner): Promise<void> {
    await this.#plugin.del(sampleRequest({ ...owner, ipam }));
    this.model.delete(leaseText(owner));
  }

  async #gc(): Promise<void> {
    const stale = [...this.model.keys()].filter(() => this.#random(2) === 0);
    for (const text of stale) this.model.delete(text);
    const list = [...this.model.keys()].map((text) => {
      const [containerID, ifname] = text.split("\r\n");
      return { containerID, ifname };
    });
    await this.#plugin.gc(sampleRequest({ ipam, more: { "cni.dev/valid-attachments": list } }));
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])("random run %d", async (seed) => {
  const run = new Run(randomFrom(seed));
  for (let step = 0; step < 150; step++) {
    await run.step();
    expect(leasesIn(run.files)).toEqual(leasesOf(run.model));
    expect(wrongOnes(run.model)).toEqual([]);
  }
});
