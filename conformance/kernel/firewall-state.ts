/** What is in the firewall, as nft(8) tells it. */
import type { FakeNode } from "../node/index.ts";

/** A set element with its comment, which names the owner. */
export interface Element {
  readonly set: string;
  /** The key's fields as text: ["10.1.0.2", "br0", "10.1.0.0/24"]. */
  readonly key: readonly string[];
  readonly owner: string | undefined;
}

interface Prefix {
  readonly prefix: { readonly addr: string; readonly len: number };
}

interface ListedElement {
  readonly elem: {
    readonly val: { readonly concat: readonly (string | Prefix)[] };
    readonly comment?: string;
  };
}

interface Listing {
  readonly nftables: readonly {
    readonly set?: { readonly name: string; readonly elem?: readonly ListedElement[] };
    readonly rule?: { readonly chain: string; readonly expr: readonly unknown[] };
  }[];
}

async function list(node: FakeNode): Promise<Listing["nftables"]> {
  const ended = await node.run("nft", ["-j", "list", "table", "inet", "trestle"], { allowFailure: true });
  if (ended.exitCode !== 0) {
    return [];
  }
  const listing: Listing = JSON.parse(ended.stdout);
  return listing.nftables;
}

/** All elements of our table; none without a table. */
export async function elements(node: FakeNode): Promise<readonly Element[]> {
  const sets = (await list(node)).flatMap(({ set }) => (set === undefined ? [] : [set]));
  return sets.flatMap(({ name, elem }) =>
    (elem ?? []).map((item) => ({
      set: name,
      key: item.elem.val.concat.map((field) =>
        typeof field === "string" ? field : `${field.prefix.addr}/${field.prefix.len}`,
      ),
      owner: item.elem.comment,
    })),
  );
}

/** Number of rules in our table. */
export async function countRules(node: FakeNode): Promise<number> {
  return (await list(node)).filter(({ rule }) => rule !== undefined).length;
}

/** Lines of `iptables-save -t nat` and `ip6tables-save -t nat` that are rules. */
export async function iptablesRules(node: FakeNode, family: 4 | 6): Promise<string[]> {
  const program = family === 4 ? "iptables-save" : "ip6tables-save";
  const { stdout } = await node.run(program, ["-t", "nat"]);
  return stdout.split("\n").filter((line) => line.startsWith("-A "));
}
