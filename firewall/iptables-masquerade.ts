/**
 * Egress masquerade by the iptables programs, for hosts without nf_tables: the chains and rules of the reference plugins
 * (containernetworking/plugins, pkg/ip/ipmasq_iptables_linux.go), so that either pack removes what the other made.
 *
 * Two attachments of one container to one network share a chain, as they do there: removing one removes both.
 */
import { formatAddress, type Address, type Family } from "../inet/address.ts";
import { formatPrefix, networkOf } from "../inet/prefix.ts";
import { directPrefixes, type MasqueradedSource } from "./egress-masquerade.ts";
import { FirewallError, type FirewallReason } from "./firewall-error.ts";
import { ownersIn, removalCommands } from "./iptables-listing.ts";
import type { Digest, Owner } from "./owner.ts";

export interface ProgramOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface IptablesTools {
  /**
   * Runs "iptables" or "ip6tables" to its end, whatever its exit code; for a program that is not there it is 127, as it
   * is in a shell.
   */
  readonly run: (program: string, args: readonly string[]) => Promise<ProgramOutcome>;
  /** SHA-512 in hexadecimal digits. */
  readonly digest: Digest;
}

/** What names a chain; the interface does not, see above. */
export type ChainOwner = Pick<Owner, "network" | "containerId">;

const programs: Readonly<Record<Family, string>> = { 4: "iptables", 6: "ip6tables" };
const multicast: Readonly<Record<Family, string>> = { 4: "224.0.0.0/4", 6: "ff00::/8" };

/** How long to wait for the lock that all iptables programs share. */
const waitSeconds = 10;
const preamble = ["-w", String(waitSeconds), "-t", "nat"];

const prefix = "CNI-";
const chainLength = 28; // the longest name of a chain

/** "CNI-ca7a875c2b85fc44a855128b" for network "n1" and container "cid1". */
export function chainName({ network, containerId }: ChainOwner, digest: Digest): string {
  return prefix + digest(network + containerId).slice(0, chainLength - prefix.length);
}

/** The comment that the reference writes: Go's %q of names that need no escapes. */
function comment({ network, containerId }: ChainOwner): string[] {
  return ["-m", "comment", "--comment", `name: "${network}" id: "${containerId}"`];
}

/** What makes and finds a rule: with `command` it is added, with "-C" in its place looked for. */
export interface IptablesRule {
  /** Exceptions are put first, so that none ends up behind the MASQUERADE of another address of the container. */
  readonly command: "-A" | "-I";
  /** Chain, matches, target. */
  readonly words: readonly string[];
}

/** In the order in which they are added: the jump that makes the chain effective is the last. */
export function masqueradeRules(
  owner: ChainOwner,
  source: MasqueradedSource,
  digest: Digest,
): IptablesRule[] {
  const chain = chainName(owner, digest);
  const said = comment(owner);
  const exceptions = directPrefixes(source).map((direct): IptablesRule => ({
    command: "-I",
    words: [chain, "-d", formatPrefix(networkOf(direct)), ...said, "-j", "ACCEPT"],
  }));
  const others = ["!", "-d", multicast[source.address.family]];
  const from = ["-s", hostPrefix(source.address)];
  return [
    ...exceptions,
    { command: "-A", words: [chain, ...others, ...said, "-j", "MASQUERADE"] },
    { command: "-A", words: ["POSTROUTING", ...from, ...said, "-j", chain] },
  ];
}

function hostPrefix(address: Address): string {
  return `${formatAddress(address)}/${address.family === 4 ? 32 : 128}`;
}

/**
 * Adds what is missing, and nothing twice.
 * @throws FirewallError "unsupported" without program or table, "busy" when the lock was not to be had, "failed"
 */
export async function addIptablesMasquerade(
  tools: IptablesTools,
  owner: ChainOwner,
  sources: readonly MasqueradedSource[],
): Promise<void> {
  for (const source of sources) {
    const program = programs[source.address.family];
    await ensureChain(tools, program, chainName(owner, tools.digest));
    for (const { command, words } of masqueradeRules(owner, source, tools.digest)) {
      if (await holds(tools, program, words)) continue;
      const outcome = await call(tools, program, [command, ...words]);
      if (outcome.exitCode !== 0) throw failure(program, [command, ...words], outcome);
    }
  }
}

async function ensureChain(tools: IptablesTools, program: string, chain: string): Promise<void> {
  const created = await call(tools, program, ["-N", chain]);
  if (created.exitCode === 0) return;
  const found = await call(tools, program, ["-S", chain]);
  if (found.exitCode !== 0) throw failure(program, ["-N", chain], created);
}

/** @throws FirewallError where the answer says nothing about the rule */
async function holds(tools: IptablesTools, program: string, words: readonly string[]): Promise<boolean> {
  const outcome = await call(tools, program, ["-C", ...words]);
  if (outcome.exitCode in reasons) throw failure(program, ["-C", ...words], outcome);
  return outcome.exitCode === 0;
}

/** What is missing, as commands that would add it; empty where all is well. @throws FirewallError */
export async function missingIptablesMasquerade(
  tools: IptablesTools,
  owner: ChainOwner,
  sources: readonly MasqueradedSource[],
): Promise<string[]> {
  const missing: string[] = [];
  for (const source of sources) {
    const program = programs[source.address.family];
    for (const { command, words } of masqueradeRules(owner, source, tools.digest)) {
      if (await holds(tools, program, words)) continue;
      missing.push(`${program} -t nat ${command} ${words.join(" ")}`);
    }
  }
  return missing;
}

/**
 * Removes chain and jumps of both families without knowing the addresses, whoever made them. What is not there is fine,
 * and so is a family that this host cannot have.
 * @throws FirewallError "busy" or "failed" where something is still there afterwards
 */
export async function removeIptablesMasquerade(tools: IptablesTools, owner: ChainOwner): Promise<void> {
  const chain = chainName(owner, tools.digest);
  for (const program of Object.values(programs)) await removeChain(tools, program, chain);
}

async function removeChain(tools: IptablesTools, program: string, chain: string): Promise<void> {
  let refused: FirewallError | undefined;
  for (const args of removalCommands(await listNat(tools, program), chain)) {
    const outcome = await call(tools, program, args);
    if (outcome.exitCode !== 0) refused ??= failure(program, args, outcome);
  }
  // A removal of the same at the same time may have been faster, which is as good.
  if (refused === undefined) return;
  if (removalCommands(await listNat(tools, program), chain).length > 0) throw refused;
}

/** Whose chains there are, in either family, whoever made them. @throws FirewallError "busy" */
export async function listIptablesOwners(tools: IptablesTools): Promise<ChainOwner[]> {
  const listings: string[] = [];
  for (const program of Object.values(programs)) listings.push(await listNat(tools, program));
  return ownersIn(listings.join("\n"), (owner) => chainName(owner, tools.digest));
}

/**
 * That the program is there and can do its work. The other family's is not asked: it is not known here whether it is needed.
 * @throws FirewallError
 */
export async function refuseMissingIptables(tools: IptablesTools): Promise<void> {
  const args = ["-S", "POSTROUTING"];
  const outcome = await call(tools, programs[4], args);
  if (outcome.exitCode !== 0) throw failure(programs[4], args, outcome);
}

/** Empty where the family or the program is not there: then there is nothing to remove. */
async function listNat(tools: IptablesTools, program: string): Promise<string> {
  const outcome = await call(tools, program, ["-S"]);
  if (reasons[outcome.exitCode] === "busy") throw failure(program, ["-S"], outcome);
  return outcome.exitCode === 0 ? outcome.stdout : "";
}

function call(tools: IptablesTools, program: string, args: readonly string[]): Promise<ProgramOutcome> {
  return tools.run(program, [...preamble, ...args]);
}

/** Exit codes that say more than "no": enum xtables_exittype of xtables.h, and the shell's for no such program. */
const reasons: Readonly<Record<number, FirewallReason>> = { 3: "unsupported", 4: "busy", 127: "unsupported" };

function failure(program: string, args: readonly string[], outcome: ProgramOutcome): FirewallError {
  const command = [program, ...preamble, ...args].join(" ");
  const said = outcome.stderr.trim() || `exit code ${outcome.exitCode}`;
  const message = `Cannot masquerade with ${program}: ${said} (from "${command}")`;
  return new FirewallError(reasons[outcome.exitCode] ?? "failed", message);
}
