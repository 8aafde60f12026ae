/** The device itself: made with all that it has before it may stay, and removed by its owner alone. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { NetlinkError } from "../../netlink/netlink-error.ts";
import { changeLink, deleteLink, renameLink, setAlias, type Link } from "../../netlink/route/link.ts";
import { tunSettings, tunTypes } from "../../netlink/route/tun-link.ts";
import type { Undo } from "../../sdk/undo.ts";
import { errno, failedWith, SyscallError } from "../../sys/errno.ts";
import type { NetworkNamespace } from "../../sys/namespace.ts";
import { TapDevice, type TapOptions } from "../../sys/tap-device.ts";
import { temporaryName, type Attachment } from "../attachment.ts";
import { findLink, type EthernetLink, type NamedLink } from "../links.ts";
import type { TapConfiguration } from "./configuration.ts";

export interface NewTap {
  readonly attachment: Attachment;
  readonly keys: Pick<TapConfiguration, "multiQueue" | "owner" | "group" | "selinuxContext">;
  readonly mac: Uint8Array;
  readonly mtu: number | undefined;
  /** Index of the bridge that it becomes a port of. */
  readonly master: number | undefined;
  readonly ownerLabel: string;
}

/** Where it is made. */
export interface TapPlace {
  readonly namespace: NetworkNamespace;
  /** rtnetlink in that namespace. */
  readonly route: Conversation;
  readonly undo: Undo;
}

export interface Tap extends EthernetLink {
  readonly mtu: number | undefined;
}

/** Makes a device that is down yet. @throws CniError, NetlinkError, SyscallError */
export async function makeTap(place: TapPlace, wanted: NewTap): Promise<Tap> {
  if (wanted.keys.selinuxContext !== "") {
    const { createLabelled } = await import("./selinux.ts");
    return finish(place, wanted, await createLabelled(place, wanted));
  }
  const name = wanted.attachment.ifname;
  using device = createDevice(place, { ...wanted.keys, name });
  const tap = finish(place, wanted, name);
  device.keep();
  return tap;
}

function createDevice({ namespace }: TapPlace, options: TapOptions): TapDevice {
  try {
    return namespace.run(() => TapDevice.create(options));
  } catch (error) {
    throw explain(error, options.name);
  }
}

/** Gives the device that was made under some name its own, its owner and the rest. */
function finish({ route, undo }: TapPlace, wanted: NewTap, madeAs: string): Tap {
  const found = findLink(route, { name: madeAs });
  if (found === undefined) throw new CniError(errorCodes.kernelFailure, `tap "${madeAs}" vanished`);
  const { index } = found;
  undo("remove the tap", () => removeDevice(route, index));
  const { mac, mtu, master, ownerLabel: alias } = wanted;
  const name = wanted.attachment.ifname;
  const claim = madeAs === name ? setAlias(name, alias) : renameLink(found, { name, alias });
  const refusal = route.exchange([claim, changeLink({ index, name }, { mac, mtu, master })]).find(isRefusal);
  if (refusal !== undefined) throw refusal.errno === errno.EEXIST ? nameTaken(name, refusal) : refusal;
  return { name, index, mac, mtu: mtu ?? found.mtu };
}

function isRefusal(outcome: unknown): outcome is NetlinkError {
  return outcome instanceof NetlinkError;
}

function explain(error: unknown, name: string): unknown {
  if (failedWith(error, errno.EBUSY, errno.EEXIST)) return nameTaken(name, error);
  return noDriver(error) ?? error;
}

export function nameTaken(name: string, cause: unknown): CniError {
  return new CniError(errorCodes.interfaceInUse, `cannot add tap "${name}": the name is in use`, {
    details: "choose another CNI_IFNAME, or DEL the attachment that has it; on the host it names the tap",
    cause,
  });
}

/** Undefined where the kernel has the driver and the failure is another. */
export function noDriver(error: unknown): CniError | undefined {
  if (!(error instanceof SyscallError) || error.syscall !== "open") return undefined;
  if (![errno.ENOENT, errno.ENODEV, errno.ENXIO].some((value) => value === error.errno)) return undefined;
  return new CniError(
    errorCodes.kernelFeatureMissing,
    `cannot make a tap: the kernel has no TUN/TAP driver, or ${error.target} is missing`,
    { details: "load the module tun (CONFIG_TUN)", cause: error },
  );
}

/** Gone already is as good. @throws NetlinkError */
export function removeDevice(route: Conversation, index: number): void {
  const outcome = route.exchange([deleteLink({ index })])[0];
  if (outcome instanceof NetlinkError && outcome.errno !== errno.ENODEV) throw outcome;
}

/** True for a TAP device, as far as the kernel tells: those that carry packets, such as a VPN's, are of the same kind of link. */
export function isTap(link: Link): boolean {
  const settings = tunSettings(link);
  return settings !== undefined && (settings.type ?? tunTypes.tap) === tunTypes.tap;
}

/** True for a tap whose alias names the owner. */
export function isTapOf(link: Link | undefined, ownerLabel: string): boolean {
  return link !== undefined && isTap(link) && link.alias === ownerLabel;
}

/** True for a tap that an ADD was interrupted with before it could say whose it is: only its name does. */
export function isUnfinished(link: Link | undefined, attachment: Attachment): boolean {
  return (
    link !== undefined && isTap(link) && link.name === temporaryName(attachment) && (link.alias ?? "") === ""
  );
}

/** The taps of an attachment on the host, where a name alone says nothing: its own, and an unfinished one. */
export function tapsOnHost(route: Conversation, attachment: Attachment, ownerLabel: string): NamedLink[] {
  return [attachment.ifname, temporaryName(attachment)]
    .map((name) => findLink(route, { name }))
    .filter((link) => link !== undefined)
    .filter((link) => isTapOf(link, ownerLabel) || isUnfinished(link, attachment));
}

/**
 * Removes the tap of that name if `isOurs` knows it.
 * @returns true when there was one. @throws NetlinkError
 */
export function removeTap(route: Conversation, name: string, isOurs: (link: NamedLink) => boolean): boolean {
  const link = findLink(route, { name });
  if (link === undefined || !isOurs(link)) return false;
  removeDevice(route, link.index);
  return true;
}
