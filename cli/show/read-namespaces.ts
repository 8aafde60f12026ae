/**
 * Links and addresses in other network namespaces. Those with a file are entered for the moment that a socket takes; those that are
 * known by their number alone, as the other end of a veth pair, are asked about from outside. Neither leaves anything behind.
 */
import type { CachedAttachment } from "../../cni/runtime/result-cache.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { decodeInterfaceAddress, listAddresses } from "../../netlink/route/address.ts";
import { decodeLink, listLinks, type Link } from "../../netlink/route/link.ts";
import { decodeNamespaceId, getNamespaceId } from "../../netlink/route/namespace-id.ts";
import { openRouteIn } from "../../plugin/kernel.ts";
import { errno, failedWith } from "../../sys/errno.ts";
import { fileKinds, status } from "../../sys/libc.ts";
import { NetworkNamespace, NotANamespace } from "../../sys/namespace.ts";
import { namesIn } from "../net/outside.ts";
import type { NamespaceFindings } from "./findings.ts";
import type { Sources } from "./sources.ts";

/** Where ip-netns(8), container runtimes and Docker keep files of namespaces. */
const folders = ["/run/netns", "/run/docker/netns"];

const source = "network namespaces";

interface Known {
  readonly links: readonly Link[];
  readonly attachments: readonly CachedAttachment[];
}

/** @param route with the host's namespace */
export function readNamespaces(route: Conversation, sources: Sources, known: Known): NamespaceFindings[] {
  const paths = [...new Set([...inFolders(sources), ...known.attachments.map(({ netns }) => netns)])];
  const files = [...byFile(paths, sources).values()].flatMap((same) =>
    sources.read(source, [], () => readByFile(route, same)),
  );
  const read = new Set(files.map(({ id }) => id));
  const numbers = new Set(known.links.map(({ linkNamespaceId = -1 }) => linkNamespaceId));
  const numbered = [...numbers].filter((id) => id >= 0 && !read.has(id));
  return [...files, ...numbered.flatMap((id) => sources.read(source, [], () => readByNumber(route, id)))];
}

function inFolders(sources: Sources): string[] {
  return folders.flatMap((folder) =>
    sources.read(folder, [], () => (namesIn(folder) ?? []).toSorted().map((name) => `${folder}/${name}`)),
  );
}

/** Paths of the same namespace together; what is not there (any more) is passed over. */
function byFile(paths: readonly string[], sources: Sources): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const path of paths.filter((each) => each !== "")) {
    const identity = sources.read(source, undefined, () => identityOf(path));
    if (identity !== undefined) files.set(identity, [...(files.get(identity) ?? []), path]);
  }
  return files;
}

/** Of a namespace's file, which is a regular one: opening a device could do something. */
function identityOf(path: string): string | undefined {
  try {
    const { mode, identity } = status(path);
    return (mode & fileKinds.mask) === fileKinds.regular ? identity : undefined;
  } catch (error) {
    if (failedWith(error, errno.ENOENT, errno.ENOTDIR, errno.ELOOP)) return undefined;
    throw error;
  }
}

function readByFile(route: Conversation, paths: readonly string[]): NamespaceFindings[] {
  const host = NetworkNamespace.own();
  try {
    using namespace = NetworkNamespace.open(paths[0] ?? "");
    if (namespace.isSameAs(host)) return [];
    using inside: Conversation = openRouteIn(namespace);
    // Links first: listing them gives numbers to namespaces that their other ends are in.
    const contents = readContents(inside, undefined);
    const id = numberOf(route, namespace);
    return [{ paths, id, hostId: numberOf(inside, host), ...contents }];
  } catch (error) {
    // A plain file is what a reboot leaves of a namespace.
    if (error instanceof NotANamespace) return [];
    throw error;
  }
}

function numberOf(route: Conversation, { descriptor }: NetworkNamespace): number | undefined {
  const [answer] = route.request(getNamespaceId(descriptor));
  return answer && decodeNamespaceId(answer);
}

function readByNumber(route: Conversation, id: number): NamespaceFindings[] {
  return [{ paths: [], id, hostId: undefined, ...readContents(route, id) }];
}

function readContents(route: Conversation, namespaceId: number | undefined) {
  return {
    links: route.dump(listLinks({ namespaceId })).map(decodeLink),
    addresses: route
      .dump(listAddresses({ namespaceId }))
      .map(decodeInterfaceAddress)
      .filter((address) => address !== undefined),
  };
}
