/** The leases in a network's folder, to be used while its lock is held. Every file is read at most once. */
import { CniError, errorCodes } from "../../cni/error.ts";
import { InetError, parseAddress, type Address } from "../../inet/address.ts";
import type { Choice, Ledger } from "./allocator.ts";
import { errno, failedWith } from "./file-failure.ts";
import type { LeaseFolder } from "./files.ts";
import { describeOwner, leaseText, normalText, type Owner } from "./owner.ts";

const leaseMode = 0o600;
const lastReservedPrefix = "last_reserved_ip.";

/** Stands for the text of a folder, a symbolic link or a socket. */
const notAFile = Symbol("not a file");
type Content = string | typeof notAFile;

function tryParse(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof InetError) return undefined;
    throw error;
  }
}

/** False for the lock, the last reserved addresses and temporary files. */
function mayBeLease(name: string): boolean {
  return name !== "lock" && !name.startsWith(".") && !name.startsWith(lastReservedPrefix);
}

export class LeaseBook implements Ledger {
  readonly #folder: LeaseFolder;
  readonly #names: ReadonlySet<string>;
  readonly #contents = new Map<string, Content>();

  constructor(folder: LeaseFolder) {
    this.#folder = folder;
    this.#names = new Set(folder.names());
  }

  #content(name: string): Content {
    const known = this.#contents.get(name);
    if (known !== undefined) return known;
    const content = this.#readContent(name);
    this.#contents.set(name, content);
    return content;
  }

  #readContent(name: string): Content {
    try {
      return normalText(this.#folder.read(name) ?? "");
    } catch (error) {
      if (failedWith(error, errno.ELOOP, errno.EISDIR, errno.ENXIO)) return notAFile;
      throw error;
    }
  }

  isTaken(name: string): boolean {
    // A lease that names nobody is what a power loss left of one.
    return this.#names.has(name) && this.#content(name) !== "";
  }

  describeHolder(name: string): string {
    const content = this.#content(name);
    return content === notAFile
      ? `${this.#folder.path}/${name}, which is not a file`
      : describeOwner(content);
  }

  /** In the order of their texts, so that errors name the same one each time. */
  addressesOf(owner: Owner): Address[] {
    const { containerId } = owner;
    const whole = leaseText(owner);
    const own: string[] = [];
    for (const name of this.#names) {
      const content = mayBeLease(name) ? this.#content(name) : notAFile;
      if (content === whole || content === containerId) own.push(name);
    }
    return own.toSorted().flatMap((name) => tryParse(name) ?? []);
  }

  lastReserved(set: number): Address | undefined {
    const name = `${lastReservedPrefix}${set}`;
    const text = this.#names.has(name) ? this.#content(name) : notAFile;
    return text === notAFile ? undefined : tryParse(text);
  }

  /** Leases the addresses, all or none. @throws CniError 11 where a process that holds no lock came in between */
  take(choices: readonly Choice[], owner: Owner): void {
    const taken: string[] = [];
    try {
      for (const { name } of choices) {
        this.#create(name, owner);
        taken.push(name);
      }
      for (const [set, { name }] of choices.entries()) {
        this.#folder.replace(`${lastReservedPrefix}${set}`, name, leaseMode);
      }
    } catch (error) {
      this.#giveBack(taken);
      throw error;
    }
  }

  #create(name: string, owner: Owner): void {
    const text = leaseText(owner);
    if (this.#names.has(name)) return this.#folder.replace(name, text, leaseMode);
    if (this.#folder.createWhole(name, text, leaseMode)) return;
    throw new CniError(
      errorCodes.tryAgainLater,
      `${name} was leased by a process that does not take the lock`,
      {
        details: `try again later; the lease is ${this.#folder.path}/${name}`,
      },
    );
  }

  #giveBack(names: readonly string[]): void {
    for (const name of names) {
      try {
        this.#folder.remove(name);
      } catch {
        // The failure that led here is the one to report; DEL releases what could not be given back.
      }
    }
  }

  /** Removes every lease of the owner. Goes on past failures. @throws the first of them */
  release(owner: Owner): void {
    const whole = leaseText(owner);
    if (this.#removeWhere((text) => text === whole) > 0) return;
    this.#removeWhere((text) => text === owner.containerId);
  }

  /** Removes every lease that `owners` do not hold. Goes on past failures. @throws the first of them */
  retain(owners: readonly Owner[]): void {
    const valid = new Set(owners.flatMap((owner) => [leaseText(owner), owner.containerId]));
    this.#removeWhere((text) => !valid.has(text));
  }

  #removeWhere(matches: (text: string) => boolean): number {
    const failures: unknown[] = [];
    let removed = 0;
    for (const name of this.#names) {
      if (!mayBeLease(name)) continue;
      try {
        const content = this.#content(name);
        if (content === notAFile || !matches(content) || tryParse(name) === undefined) continue;
        this.#folder.remove(name);
        removed++;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return removed;
  }
}
