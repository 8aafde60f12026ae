import { join } from "node:path";
import { type FakeNode, pluginFolder } from "../node/index.ts";

/** As much of what `trestle show --json` tells as the scenarios look at; docs/show.md has all of it. */
export interface Shown {
  readonly bridges: readonly {
    readonly name: string;
    readonly mac: string;
    readonly stp: boolean;
    readonly vlanFiltering: boolean;
    readonly gateways: readonly { readonly vlan: number; readonly name: string }[];
    readonly ports: readonly ShownPort[];
  }[];
}

export interface ShownPort {
  readonly name: string;
  readonly role: string;
  readonly vlans: readonly {
    readonly first: number;
    readonly last: number;
    readonly pvid: boolean;
    readonly untagged: boolean;
  }[];
  readonly learned: readonly { readonly mac: string; readonly vlan?: number }[];
  readonly owner?: { readonly network: string; readonly containerId: string; readonly ifname: string };
  readonly endpoint?: {
    readonly namespace?: string;
    readonly mac: string;
    readonly addresses: readonly string[];
  };
}

/** What it tells of a node: the table, or with options something else. */
export async function show(node: FakeNode, ...options: readonly string[]): Promise<string> {
  return (await node.run(join(pluginFolder, "trestle"), ["show", ...options])).stdout;
}

export async function shown(node: FakeNode): Promise<Shown> {
  const description: Shown = JSON.parse(await show(node, "--json"));
  return description;
}
