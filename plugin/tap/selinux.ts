/**
 * A tap with an SELinux context. A device takes the context of the process that makes it, and this one cannot change its own:
 * it has several threads. So programs do it, as with the reference plugin.
 */
import { CniError, errorCodes } from "../../cni/error.ts";
import { NetworkNamespace } from "../../sys/namespace.ts";
import { status } from "../../sys/libc.ts";
import { runProgram } from "../../sys/program.ts";
import { findProgram } from "../../sys/program-file.ts";
import { temporaryName } from "../attachment.ts";
import { findLink } from "../links.ts";
import { isUnfinished, nameTaken, removeTap, type NewTap, type TapPlace } from "./device.ts";

const folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];
const timeoutMs = 20_000;
const selinuxFiles = "/sys/fs/selinux";

/** @throws CniError 105 where the kernel has no SELinux */
export function demandSelinux(context: string): void {
  try {
    status(`${selinuxFiles}/enforce`);
  } catch (cause) {
    const message = `cannot give a tap the context "${context}": SELinux is not active here`;
    throw new CniError(errorCodes.kernelFeatureMissing, message, {
      details: 'remove "selinuxContext"',
      cause,
    });
  }
}

/**
 * Makes a device that stays, and that only its name tells whose it is: `ip` can give it no owner in the same step. So it has a
 * name that no other attachment gives, by which DEL finds it should this process end before it has its own.
 * @returns that name. @throws CniError
 */
export async function createLabelled(
  { namespace, route, undo }: TapPlace,
  { attachment, keys }: NewTap,
): Promise<string> {
  demandSelinux(keys.selinuxContext);
  const { ifname } = attachment;
  if (findLink(route, { name: ifname }) !== undefined) throw nameTaken(ifname, undefined);
  const name = temporaryName(attachment);
  if (findLink(route, { name }) !== undefined) throw underWay(ifname);
  const isOwn = namespace.isSameAs(NetworkNamespace.own());
  const inside = isOwn ? [] : ["nsenter", `--net=${namespace.path}`, "--"];
  // Before the run: programs that are ended, or fail, may have made it.
  undo("remove the tap without an owner", () => {
    removeTap(route, name, (link) => isUnfinished(link, attachment));
  });
  await run([...inside, "runcon", keys.selinuxContext, ...makingOf(name, keys)]);
  return name;
}

function underWay(ifname: string): CniError {
  return new CniError(
    errorCodes.tryAgainLater,
    `cannot add tap "${ifname}": another ADD of it is under way, or was interrupted`,
    { details: "DEL the attachment, then try again" },
  );
}

function makingOf(name: string, { owner, group, multiQueue }: NewTap["keys"]): string[] {
  const making = ["ip", "tuntap", "add", "name", name, "mode", "tap"];
  return [
    ...making,
    ...(owner === undefined ? [] : ["user", String(owner)]),
    ...(group === undefined ? [] : ["group", String(group)]),
    ...(multiQueue ? ["multi_queue"] : []),
  ];
}

async function run([program = "", ...args]: readonly string[]): Promise<void> {
  const file = findProgram(program, folders);
  if (file === undefined)
    throw new CniError(errorCodes.ioFailure, `no program "${program}" in ${folders.join(":")}`);
  const outcome = await runProgram({
    path: file.path,
    args,
    environment: { PATH: folders.join(":") },
    timeoutMs,
  });
  if (outcome.exitCode === 0) return;
  const said = outcome.failure ?? outcome.stderr.trim();
  throw new CniError(errorCodes.kernelFailure, `failed to run ${[program, ...args].join(" ")}: ${said}`);
}
