/** What was written to those folders of a node that are otherwise the host's: the upper layers of its overlays. */
import { lstatSync, readdirSync, type Stats } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { FakeNode } from "./fake-node.ts";
import { factsOf, type Files, unlessGone } from "./files.ts";
import { type Json, record } from "./json.ts";

/** The names that node.sh gives to the layers. */
const layers: Readonly<Record<string, string>> = { "/var/lib": "lib", "/etc": "etc" };

/** File systems of their own, put there by node.sh, which leaves their mount points in the layer. */
const ownFolders = new Set(["/var/lib/cni", "/var/lib/node"]);

/** Files, folders and links that differ from the host's, by their path inside the node. */
export function listWritten(node: FakeNode): Files {
  return record(Object.entries(layers).flatMap(([folder, layer]) => below(folder, node.layer(layer))));
}

function below(folder: string, layer: string): [string, Json][] {
  const names = unlessGone(() => readdirSync(layer)) ?? [];
  return names
    .map((name) => ({ path: `${folder}/${name}`, upper: `${layer}/${name}` }))
    .filter(({ path }) => !ownFolders.has(path))
    .flatMap(({ path, upper }) => describe(path, upper));
}

function describe(path: string, upper: string): [string, Json][] {
  const status = unlessGone(() => lstatSync(upper));
  if (status === undefined) return [];
  if (isWhiteout(status)) return [[path, { kind: "removed" }]];
  const facts = factsOf(upper);
  // Writing below a folder of the host's copies that folder to the layer, as it is.
  const isAsBefore = isDeepStrictEqual(facts, factsOf(path));
  const own: [string, Json][] = facts === undefined || isAsBefore ? [] : [[path, facts]];
  return status.isDirectory() ? [...own, ...below(path, upper)] : own;
}

/** The mark of an overlay for a file of the host's that was removed: Documentation/filesystems/overlayfs.rst. */
function isWhiteout(status: Stats): boolean {
  return status.isCharacterDevice() && status.rdev === 0;
}
