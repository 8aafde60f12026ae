/**
 * The iptables backend, for hosts without nf_tables. It runs programs, so it is loaded only when the configuration asks
 * for it, and when DEL removes an attachment of the reference plugin, which may have masqueraded with iptables.
 */
import type { Prefix } from "../inet/prefix.ts";
import {
  addIptablesMasquerade,
  type ChainOwner,
  listIptablesOwners,
  missingIptablesMasquerade,
  refuseMissingIptables,
  removeIptablesMasquerade,
} from "../firewall/iptables-masquerade.ts";
import { runProgram } from "../sys/program.ts";
import { findProgram } from "../sys/program-file.ts";
import type { Attachment } from "./attachment.ts";
import { directDestinations, type PlannedAddress } from "./address-plan.ts";

const folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin"];
const timeoutMs = 60_000;

/** What a shell says for a program that is not there. */
const notFound = 127;

function chainDigest(text: string): string {
  return new Bun.CryptoHasher("sha512").update(text).digest("hex");
}

async function run(program: string, args: readonly string[]) {
  const file = findProgram(program, folders);
  if (file === undefined) {
    const advice = `install ${program}, or set "ipMasqBackend" to "nftables"`;
    const stderr = `no program "${program}" in ${folders.join(":")}: ${advice}`;
    return { exitCode: notFound, stdout: "", stderr };
  }
  const outcome = await runProgram({
    path: file.path,
    args,
    environment: { PATH: folders.join(":") },
    timeoutMs,
  });
  return { ...outcome, exitCode: outcome.exitCode ?? -1, stderr: outcome.failure ?? outcome.stderr };
}

function subjects(ips: readonly PlannedAddress[], exceptions: readonly Prefix[]) {
  return ips.map(({ address: { address } }) => ({
    address,
    direct: directDestinations(ips, exceptions, address.family),
  }));
}

export async function addWithIptables(
  attachment: Attachment,
  ips: readonly PlannedAddress[],
  exceptions: readonly Prefix[],
): Promise<void> {
  await addIptablesMasquerade({ run, digest: chainDigest }, attachment, subjects(ips, exceptions));
}

export async function removeWithIptables(owner: ChainOwner): Promise<void> {
  await removeIptablesMasquerade({ run, digest: chainDigest }, owner);
}

export async function listWithIptables(): Promise<readonly ChainOwner[]> {
  return listIptablesOwners({ run, digest: chainDigest });
}

/** @throws FirewallError where an ADD could not masquerade with iptables */
export async function refuseWithoutIptables(): Promise<void> {
  await refuseMissingIptables({ run, digest: chainDigest });
}

export async function missingWithIptables(
  attachment: Attachment,
  ips: readonly PlannedAddress[],
  exceptions: readonly Prefix[],
): Promise<readonly string[]> {
  return missingIptablesMasquerade({ run, digest: chainDigest }, attachment, subjects(ips, exceptions));
}
