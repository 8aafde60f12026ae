/** host-local on real files: joins `ipam/` to `sys/`. */
import { createHostLocal, type HostLocal } from "../../ipam/host-local/host-local.ts";
import { Folder, makeFolders, readText } from "../../sys/folder.ts";

export function hostLocal(): HostLocal {
  return createHostLocal({ openFolder: (path) => Folder.open(path), makeFolders, readText });
}
