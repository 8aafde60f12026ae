/**
 * A tap with an SELinux context. A device takes the context of the process that makes it, and this one cannot change its own:
 * it has several threads. So programs do it, as with the reference plugin.
 */
import { CniError, errorCodes } from "../../cni/error.ts";
import { NetworkNamespace } from "../../sys/namespace.ts";
import { status } from "../../sys/libc.ts";
import { runProgram } from "../../sys/program.ts";
import { findProgram } from "../../sys/program-file.ts";
import { findLink } from "../links.ts";
import type { TapConfiguration } from "./configuration.ts";
import { nameTaken, type TapPlace } from "./device.ts";

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

interface LabelledTap extends Pick<TapConfiguration, "multiQueue" | "owner" | "group" | "selinuxContext"> {
  readonly name: string;
}

/** Makes a device that stays. @throws CniError */
export async function createLabelled({ namespace, route }: TapPlace, tap: LabelledTap): Promise<void> {
  demandSelinux(tap.selinuxContext);
  if (findLink(route, { name: tap.name }) !== undefined) throw nameTaken(tap.name, undefined);
  const isOwn = namespace.isSameAs(NetworkNamespace.own());
  const inside = isOwn ? [] : ["nsenter", `--net=${namespace.path}`, "--"];
  await run([...inside, "runcon", tap.selinuxContext, ...makingOf(tap)]);
}

function makingOf({ name, owner, group, multiQueue }: LabelledTap): string[] {
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
