import { type Json, isObject } from "./json.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a comparison may pass over. */
export interface DiffOptions {
  /** Lines that match one of these are left out: differences that the test expects. */
  readonly ignore?: readonly RegExp[];
}

/**
 * Differences between two snapshots as lines: `+ path: value` for what is new, `- path: value` for what is gone and
 * `~ path: before -> after`. A path joins the names of the nested records with " / ", such as
 * `network / links / br0 / mtu` or `files / /var/lib/cni/networks/net/10.1.0.2`. Equal snapshots give no line.
 */
export function diff(before: Snapshot, after: Snapshot, options: DiffOptions = {}): string[] {
  const lines = compare([], plain(before), plain(after));
  return lines.filter((line) => !(options.ignore ?? []).some((pattern) => pattern.test(line)));
}

/** The same in the type of JSON, which an interface does not fit for want of an index signature. */
function plain({ network, namespaces, ...others }: Snapshot): Json {
  const each = Object.entries(namespaces).map(([name, state]): [string, Json] => [name, { ...state }]);
  return { network: { ...network }, namespaces: Object.fromEntries(each), ...others };
}

function compare(path: readonly string[], before: Json | undefined, after: Json | undefined): string[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => compare([...path, name], before[name], after[name]));
  }
  const [old, now] = [JSON.stringify(before), JSON.stringify(after)];
  if (old === now) {
    return [];
  }
  const where = path.join(" / ");
  if (before === undefined) {
    return [`+ ${where}: ${now}`];
  }
  return [after === undefined ? `- ${where}: ${old}` : `~ ${where}: ${old} -> ${now}`];
}
