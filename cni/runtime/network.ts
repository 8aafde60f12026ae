/** A network as its user sees it: ADD, CHECK and DEL of attachments, GC and STATUS; CNI specification 1.1.0, section 3. */
import { CniError, errorCodes } from "../error.ts";
import { commandSince } from "../request.ts";
import type { Result } from "../result.ts";
import { isAtLeast, type Version } from "../version.ts";
import { refuseInvalid, type Attachment } from "./attachment.ts";
import { callForResult, callPlugin, findPlugin } from "./call-plugin.ts";
import { refuseNetworkName, spokenVersion, type ListedPlugin, type NetworkList } from "./network-list.ts";
import type { Outside } from "./outside.ts";
import {
  isAttached,
  listCached,
  readCached,
  refuseTakenFile,
  removeCached,
  writeCached,
  type CachedAttachment,
} from "./result-cache.ts";

/** Names an attachment within its network. */
export type AttachmentName = Pick<Attachment, "containerId" | "ifname">;

export class Network {
  readonly list: NetworkList;
  readonly version: Version;
  readonly #outside: Outside;

  /** @throws CniError 1 for a version that is not spoken, 7 for an invalid name */
  constructor(list: NetworkList, outside: Outside) {
    refuseNetworkName(list.name);
    this.list = list;
    this.version = spokenVersion(list);
    this.#outside = outside;
  }

  /**
   * ADD of all plugins in order, each with the result of the one before. After a failure the plugins that were asked are told DEL,
   * unless the container had that interface before, from whatever network and runtime: then that would take away what works.
   * @throws CniError of the first plugin that failed; 5 where one is not installed or the result could not be kept, before any is asked
   */
  async add(attachment: Attachment): Promise<Result> {
    refuseInvalid(attachment);
    for (const plugin of this.list.plugins) findPlugin(plugin, this.#outside);
    refuseTakenFile(this.#outside.cache, { ...attachment, network: this.list.name });
    const hadBefore = this.#isThere(attachment);
    const asked: ListedPlugin[] = [];
    let result: Result | undefined;
    try {
      for (const plugin of this.list.plugins) {
        asked.push(plugin);
        const call = {
          ...this.#call("ADD", plugin, attachment),
          supplied: this.#supplied(attachment, result),
        };
        result = await callForResult(call, this.#outside);
      }
      if (result === undefined)
        throw new CniError(errorCodes.invalidConfiguration, "the network has no plugins");
      writeCached(this.#outside.cache, { network: this.list, attachment, result, version: this.version });
      return result;
    } catch (error) {
      if (!hadBefore) await this.#takeBack(asked, attachment, result);
      throw error;
    }
  }

  /** As far as is known here, or as the container shows: a runtime may keep its results elsewhere, or call the container otherwise. */
  #isThere(attachment: Attachment): boolean {
    const { cache } = this.#outside;
    if (isAttached(cache, { ...attachment, network: this.list.name })) return true;
    return this.#outside.hasInterface(attachment.netns, attachment.ifname);
  }

  /** The failure of an ADD is what counts, so what fails here is only told. */
  async #takeBack(
    asked: readonly ListedPlugin[],
    attachment: Attachment,
    result: Result | undefined,
  ): Promise<void> {
    for (const plugin of asked.toReversed()) {
      try {
        await this.#del(plugin, attachment, result);
      } catch (error) {
        this.#outside.tell(
          `after the failed add: ${error instanceof Error ? error.message : String(error)}\n`,
        );
      }
    }
  }

  /** CHECK of all plugins in order with the result of the ADD. @throws CniError 1 below 0.4.0, 3 where no ADD is known */
  async check(attachment: Attachment): Promise<void> {
    refuseInvalid(attachment);
    if (!isAtLeast(this.version, commandSince.CHECK)) {
      throw new CniError(errorCodes.incompatibleVersion, "config version does not allow CHECK", {
        details: `cniVersion is ${this.version}, CHECK came with ${commandSince.CHECK}`,
      });
    }
    if (this.list.disableCheck) return;
    const { known, result } = this.#known(attachment);
    if (result === undefined) throw this.#unknown(attachment);
    for (const plugin of this.list.plugins) {
      const call = { ...this.#call("CHECK", plugin, known), supplied: this.#supplied(known, result) };
      await callPlugin(call, this.#outside);
    }
  }

  #unknown({ containerId, ifname }: Attachment): CniError {
    const message = `no result of an add of ${containerId} ${ifname} to network "${this.list.name}" is kept`;
    return new CniError(errorCodes.unknownContainer, message, {
      details: "it was not added, was deleted, or was added by a runtime that keeps its results elsewhere",
    });
  }

  /** DEL of all plugins in reverse order; may be repeated. @throws CniError of the first plugin that failed */
  async del(attachment: Attachment): Promise<void> {
    refuseInvalid(attachment);
    const { known, result } = this.#known(attachment);
    for (const plugin of this.list.plugins.toReversed()) await this.#del(plugin, known, result);
    removeCached(this.#outside.cache, { ...attachment, network: this.list.name });
  }

  async #del(plugin: ListedPlugin, attachment: Attachment, result: Result | undefined): Promise<void> {
    // DEL has a previous result since CHECK exists.
    const previous = isAtLeast(this.version, "0.4.0") ? result : undefined;
    const call = { ...this.#call("DEL", plugin, attachment), supplied: this.#supplied(attachment, previous) };
    await callPlugin(call, this.#outside);
  }

  /**
   * DEL of every attachment that a result is kept of and that is not in `valid`, then GC of all plugins with `valid`.
   * @returns the attachments that were deleted
   * @throws CniError of everything that failed, after the rest was done
   */
  async gc(valid: readonly AttachmentName[]): Promise<readonly AttachmentName[]> {
    if (this.list.disableGc) return [];
    const failures: CniError[] = [];
    const stale = listCached(this.#outside.cache, this.list.name).filter((cached) => !isIn(valid, cached));
    for (const cached of stale) await collect(failures, () => this.#delStale(cached));
    if (isAtLeast(this.version, commandSince.GC)) {
      for (const plugin of this.list.plugins) await collect(failures, () => this.#gc(plugin, valid));
    }
    const [first, ...others] = failures;
    if (first === undefined) return stale.map(({ containerId, ifname }) => ({ containerId, ifname }));
    if (others.length === 0) throw first;
    throw new CniError(first.code, failures.map(({ message }) => message).join("; "), {
      details: first.details,
    });
  }

  /** The failure of one among many says which. */
  async #delStale(cached: CachedAttachment): Promise<void> {
    try {
      await this.del(cached);
    } catch (cause) {
      if (!(cause instanceof CniError)) throw cause;
      const message = `cannot delete ${cached.containerId} ${cached.ifname}: ${cause.message}`;
      throw new CniError(cause.code, message, { details: cause.details, cause });
    }
  }

  async #gc(plugin: ListedPlugin, valid: readonly AttachmentName[]): Promise<void> {
    const attachments = valid.map(({ containerId: containerID, ifname }) => ({ containerID, ifname }));
    // The second key is a misprint of an early text of the specification that some plugins were written after.
    const more = { "cni.dev/valid-attachments": attachments, "cni.dev/attachments": attachments };
    const supplied = { name: this.list.name, version: this.version, more };
    await callPlugin({ command: "GC", plugin, supplied }, this.#outside);
  }

  /** STATUS of all plugins in order; below 1.1.0 nothing is asked. @throws CniError of the first that is not ready, with its code */
  async status(): Promise<void> {
    if (!isAtLeast(this.version, commandSince.STATUS)) return;
    for (const plugin of this.list.plugins) {
      const supplied = { name: this.list.name, version: this.version };
      await callPlugin({ command: "STATUS", plugin, supplied }, this.#outside);
    }
  }

  #call(command: "ADD" | "CHECK" | "DEL", plugin: ListedPlugin, subject: Attachment) {
    return { command, plugin, subject };
  }

  #supplied({ capabilities }: Attachment, previous: Result | undefined) {
    return { name: this.list.name, version: this.version, previous, capabilities };
  }

  #cached(attachment: AttachmentName): CachedAttachment | undefined {
    return readCached(this.#outside.cache, { ...attachment, network: this.list.name });
  }

  /** The attachment with what its ADD was given where that is not said again, and the ADD's result. */
  #known(attachment: Attachment): { known: Attachment; result: Result | undefined } {
    const cached = this.#cached(attachment);
    const { args = cached?.args, capabilities = cached?.capabilities } = attachment;
    return { known: { ...attachment, args, capabilities }, result: cached?.result };
  }
}

function isIn(valid: readonly AttachmentName[], { containerId, ifname }: AttachmentName): boolean {
  return valid.some((name) => name.containerId === containerId && name.ifname === ifname);
}

async function collect(failures: CniError[], step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (error instanceof CniError) failures.push(error);
    else failures.push(new CniError(errorCodes.ioFailure, String(error), { cause: error }));
  }
}
