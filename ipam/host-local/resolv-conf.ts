/** resolv.conf(5): nameserver, domain, search and options; what repeats adds up, as the reference plugin has it. */
import type { Dns } from "../../cni/result.ts";
import { explained } from "./file-failure.ts";
import type { LeaseFiles } from "./files.ts";

/** Words without the white space around them. */
function wordsOf(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== "");
}

function isComment(line: string): boolean {
  const start = line.trimStart();
  return start.startsWith("#") || start.startsWith(";");
}

export function parseResolvConf(text: string): Dns {
  const nameservers: string[] = [];
  const search: string[] = [];
  const options: string[] = [];
  let domain: string | undefined;
  for (const line of text.split("\n")) {
    const [keyword, first, ...rest] = isComment(line) ? [] : wordsOf(line);
    if (first === undefined) continue;
    if (keyword === "nameserver") nameservers.push(first);
    if (keyword === "domain") domain = first;
    if (keyword === "search") search.push(first, ...rest);
    if (keyword === "options") options.push(first, ...rest);
  }
  const some = (list: string[]) => (list.length === 0 ? undefined : list);
  return { nameservers: some(nameservers), domain, search: some(search), options: some(options) };
}

/** The dns of the file at `path`, or nothing for an empty path. @throws CniError 5 */
export function readDns(files: LeaseFiles, path: string): Dns {
  if (path === "") return {};
  return explained(`read "${path}", the "resolvConf" of "ipam"`, () => parseResolvConf(files.readText(path)));
}
