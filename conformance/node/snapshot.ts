import type { FakeNode } from "./fake-node.ts";
import { type Files, listFiles } from "./files.ts";
import { type Json, record } from "./json.ts";
import { listMounts, listProcesses } from "./leftovers.ts";
import { type NetworkState, readNetwork } from "./network-state.ts";
import script from "./snapshot.sh" with { type: "text" };
import { listWritten } from "./written.ts";

/** State of a node, comparable with {@link diff}: nested records, so that every difference has a path. */
export interface Snapshot {
  /** The node's own network. */
  readonly network: NetworkState;
  /** The network of each namespace in `/run/netns`, by its name. */
  readonly namespaces: Readonly<Record<string, NetworkState>>;
  /**
   * Files, folders and links below `/run` and `/var/lib/cni`, by path: kind, mode, owner, content or its hash. In a whole
   * snapshot also those that were written to the other places that a node has for itself.
   */
  readonly files: Files;
  /** Mount points with their file system and how often each is mounted. */
  readonly mounts: Readonly<Record<string, Json>>;
  /** Command lines of the processes inside, with how many run. */
  readonly processes: Readonly<Record<string, Json>>;
}

export interface SnapshotOptions {
  /** Lists all that was written, which is much where a container runtime keeps its images in the node. */
  readonly isWhole?: boolean;
}

/** Reads the whole state; the shell script keeps it to one entry into the node. */
export async function takeSnapshot(
  node: FakeNode,
  { isWhole = false }: SnapshotOptions = {},
): Promise<Snapshot> {
  const { stdout } = await node.run("sh", ["-c", script, "snapshot", script]);
  const [, own = "", ...others] = stdout.split(/^##(?= |$)/m);
  const namespaces = others.map((text): [string, NetworkState] => {
    const end = text.indexOf("\n");
    return [text.slice(1, end), readNetwork(text.slice(end + 1))];
  });
  return {
    network: readNetwork(own),
    namespaces: record(namespaces),
    files: { ...(isWhole && listWritten(node)), ...listFiles(node, ["/run", "/var/lib/cni"]) },
    mounts: listMounts(node),
    processes: listProcesses(node),
  };
}
