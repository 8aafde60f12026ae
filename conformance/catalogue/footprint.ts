/** What an attachment looks like from outside, for each kind of plugin, and what may stay of it. */
import type { JsonObject } from "../../cni/json-object.ts";
import { links } from "../node/state.ts";
import type { Box } from "../suite/box.ts";
import { claim, claimSame } from "../suite/claim.ts";
import { lastAddress, remainsOf } from "../suite/remains.ts";
import type { Trial } from "../suite/trial.ts";
import { ownLeases } from "./own-leases.ts";
import { addressesIn } from "./result-parts.ts";

/** The ADD did what its result says. */
export async function claimAttached(trial: Trial, result: JsonObject, box: Box = trial.box): Promise<void> {
  const { kind } = trial.subject;
  if (kind === "interface") {
    claim(await hasLink(trial, box), `ADD must make "${box.ifname}" in the container, and there is none`);
  }
  if (kind === "loopback") claim(await isLoopbackUp(trial, box), 'ADD must bring "lo" up, and it is down');
  if (kind === "ipam")
    claim(addressesIn(result).length > 0, "the result of an IPAM plugin must have an address");
  if (kind === "chained") {
    const printed = addressesIn(result);
    // It may have added some.
    const lost = addressesIn(trial.previousOf(box)).filter((address) => !printed.includes(address));
    claimSame("addresses that were in prevResult and are not in the result", lost, []);
  }
}

/** What DEL must undo is undone: the container's interface, and leases. */
export async function claimDetached(trial: Trial, box: Box = trial.box): Promise<void> {
  const { kind } = trial.subject;
  if (kind === "interface") {
    claim(
      !(await hasLink(trial, box)),
      `DEL must remove "${box.ifname}" from the container, and it is there`,
    );
  }
  if (kind === "interface" || kind === "ipam") claimSame("leases after DEL", await ownLeases(trial), []);
}

export async function hasLink(trial: Trial, { name, ifname }: Box): Promise<boolean> {
  return (await links(trial.node, name)).some((link) => link.ifname === ifname);
}

export async function isLoopbackUp(trial: Trial, { name }: Box): Promise<boolean> {
  return (await links(trial.node, name)).some((link) => link.ifname === "lo" && link.flags.includes("UP"));
}

/** Addresses in any order: nobody promises one. */
export function claimAddresses(what: string, found: readonly string[], expected: readonly string[]): void {
  claimSame(what, found.toSorted(), expected.toSorted());
}

/** The kernel gives `lo` its addresses when it first comes up, and they stay. */
const raisedLoopback =
  /^[~+] namespaces \/ [^/]+ \/ (links \/ lo \/ qdisc:|(addresses|queues) \/ lo |routes \/ .* dev lo )/;

/** Patterns of what a network may leave after all its attachments are gone. @param bridge the subject's when left out */
export function mayRemain(
  trial: Trial,
  bridge: unknown = trial.subject.configuration["bridge"],
): readonly RegExp[] {
  const own = trial.subject.kind === "loopback" ? [raisedLoopback] : [];
  return [...own, ...remainsOf(bridge)];
}

/** Patterns of what every further attachment may change for good. */
export function mayChange(trial: Trial): readonly RegExp[] {
  return trial.subject.kind === "loopback" ? [raisedLoopback, lastAddress] : [lastAddress];
}

/**
 * Takes a container's namespace away, and waits until the kernel has removed what was in it.
 *
 * @throws CommandError after 10 s, which says nothing about the plugin
 */
export async function destroy(trial: Trial, { name }: Box): Promise<void> {
  const script = `
    hosts=$(ip netns exec "$1" ip -o link show type veth | sed -n 's/.*@if\\([0-9]*\\):.*/\\1/p')
    ip netns del "$1"
    end=$(($(date +%s) + 10))
    while [ $(date +%s) -le $end ]; do
      rest=
      for index in $hosts; do ip -o link | grep -q "^$index:" && rest=$index; done
      [ -n "$rest" ] || exit 0
      sleep 0.05
    done
    echo "the links of the namespace $1 are still there after 10 s" >&2
    exit 1`;
  await trial.node.run("sh", ["-c", script, "sh", name]);
}
