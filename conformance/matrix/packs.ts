/** Whose plugins are compared: ours, and the reference's as far as they can be had. */
import { resolve } from "node:path";
import { debianReference, newestReference, type ReferencePack } from "../../bench/reference-pack.ts";
import { pluginFolder } from "../node/plugin-folder.ts";

export interface Pack {
  /** Short enough for the head of a column. */
  readonly name: string;
  readonly folder: string;
  readonly isOurs: boolean;
  /** Where it is from; what its plugins say about themselves when left out. */
  readonly description?: string;
}

/** What cannot be had is told, and left out. */
export async function findPacks(): Promise<readonly Pack[]> {
  const debian = await debianReference();
  const newest = await newestReference(resolve("dist"));
  if (debian === undefined)
    process.stderr.write("left out: Debian's containernetworking-plugins is not installed\n");
  if (newest === undefined)
    process.stderr.write("left out: the newest reference plugins need Go to build them\n");
  const references = [debian, newest].filter((pack) => pack !== undefined);
  return [{ name: "trestle", folder: pluginFolder, isOurs: true }, ...references.map(asPack)];
}

function asPack({ folder, description }: ReferencePack): Pack {
  const version = /\bv?(\d+\.\d+\.\d+)/.exec(description)?.[1] ?? "";
  return { name: `reference ${version}`.trim(), folder, isOurs: false, description };
}
