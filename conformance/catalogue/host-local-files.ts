/** What host-local keeps on disk, read and written without it. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { leases } from "../node/state.ts";
import { claimSame } from "../suite/claim.ts";
import type { Trial } from "../suite/trial.ts";
import { networkName } from "./host-local-network.ts";

/** Where networks are kept unless `dataDir` says otherwise. */
export const defaultDataDir = "/var/lib/cni/networks";

export function folderOf(network = networkName, dataDir = defaultDataDir): string {
  return `${dataDir}/${network}`;
}

/** A lease as it is written since containers have several interfaces. */
export function leaseText(containerId: string, ifname = "eth0"): string {
  return `${containerId}\r\n${ifname}`;
}

/** Every name in a folder, sorted; none where there is no folder. */
export function namesIn(trial: Trial, folder = folderOf()): readonly string[] {
  try {
    return readdirSync(trial.node.outside(folder)).toSorted();
  } catch {
    return [];
  }
}

/** Undefined where there is no such file. */
export function textOf(trial: Trial, name: string, folder = folderOf()): string | undefined {
  try {
    return readFileSync(trial.node.outside(`${folder}/${name}`), "utf8");
  } catch {
    return undefined;
  }
}

/** Kind and permissions: "folder 755", "file 600". */
export function modeOf(trial: Trial, path: string): string {
  const found = lstatSync(trial.node.outside(path));
  return `${found.isDirectory() ? "folder" : "file"} ${(found.mode & 0o7777).toString(8)}`;
}

/** Leases of somebody else, and the address that was leased last out of set 0. */
export function putLeases(
  trial: Trial,
  taken: readonly string[],
  { last, network }: { readonly last?: string | undefined; readonly network?: string } = {},
): void {
  const folder = folderOf(network);
  for (const address of taken) trial.node.write(`${folder}/${address}`, leaseText("somebody"));
  if (last !== undefined) trial.node.write(`${folder}/last_reserved_ip.0`, last);
}

/** The network has exactly these leases. */
export async function claimLeases(
  trial: Trial,
  what: string,
  expected: readonly string[],
  network = networkName,
): Promise<void> {
  claimSame(`leases ${what}`, await leases(trial.node, network), expected.toSorted());
}
