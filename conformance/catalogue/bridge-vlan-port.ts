/** VLANs of a bridge and its ports, as bridge(8) tells them. */
import type { FakeNode } from "../node/fake-node.ts";
import { claimSame } from "../suite/claim.ts";
import type { Trial } from "../suite/trial.ts";
import { bridgeName, shell } from "./bridge-network.ts";

/** A VLAN of a port. */
export interface PortVlan {
  readonly id: number;
  /** Untagged frames that come in are of it. */
  readonly isNative: boolean;
  /** Its frames go out without a tag. */
  readonly isUntagged: boolean;
}

export function access(id: number): PortVlan {
  return { id, isNative: true, isUntagged: true };
}

export function tagged(id: number): PortVlan {
  return { id, isNative: false, isUntagged: false };
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** From `bridge -j vlan`, which may tell a range as one. */
interface ListedVlan {
  readonly vlan: number;
  readonly vlanEnd?: number;
  readonly flags?: readonly string[];
}

export async function vlansOf(node: FakeNode, port: string): Promise<readonly PortVlan[]> {
  const { stdout } = await node.run("bridge", ["-j", "vlan", "show", "dev", port]);
  const ports: readonly { readonly vlans?: readonly ListedVlan[] }[] = JSON.parse(stdout || "[]");
  const found = (ports[0]?.vlans ?? []).flatMap(({ vlan, vlanEnd = vlan, flags = [] }) => {
    const isNative = flags.includes("PVID");
    const isUntagged = flags.includes("Egress Untagged");
    return range(vlan, vlanEnd).map((id) => ({ id, isNative, isUntagged }));
  });
  return found.toSorted((a, b) => a.id - b.id);
}

export async function idsOf(node: FakeNode, port: string): Promise<readonly number[]> {
  return (await vlansOf(node, port)).map(({ id }) => id);
}

export async function nativeOf(node: FakeNode, port: string): Promise<readonly number[]> {
  return (await vlansOf(node, port)).filter(({ isNative }) => isNative).map(({ id }) => id);
}

export async function claimFiltering(trial: Trial): Promise<void> {
  const value = await shell(trial, `cat /sys/class/net/${bridgeName}/bridge/vlan_filtering`);
  claimSame("vlan_filtering of the bridge", value, "1");
}
