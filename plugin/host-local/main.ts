/** host-local on real files: joins `ipam/` to `sys/`. */
import type { Plugin } from "../../cni/request.ts";
import { createHostLocal } from "../../ipam/host-local/host-local.ts";
import { Folder, makeFolders, readText } from "../../sys/folder.ts";

export function hostLocal(): Plugin {
  return createHostLocal({ openFolder: (path) => Folder.open(path), makeFolders, readText });
}
