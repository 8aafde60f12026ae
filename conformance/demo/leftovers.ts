/** What attachments could leave on the node. */
import type { FakeNode } from "../node/fake-node.ts";
import { type Json, isObject, parseList, word } from "../node/json.ts";

/** Our table, as nft(8) names it. */
export const tableName = "inet trestle";

/** Links, nf_tables and lease files of the node, one word for each kind and its name. */
export async function listThings(node: FakeNode): Promise<string[]> {
  const links = parseList((await node.run("ip", ["-j", "link"])).stdout).map((link) => word(link["ifname"]));
  const tables = objects(await nft(node, ["list", "tables"]), "table");
  const { stdout } = await node.run("find", ["/var/lib/cni", "-type", "f"]);
  return [
    ...links.map((name) => `link ${name}`),
    ...tables.map((table) => `table ${word(table["family"])} ${word(table["name"])}`),
    ...stdout
      .split("\n")
      .filter(Boolean)
      .toSorted()
      .map((path) => `file ${path}`),
  ];
}

/** Elements of all sets and maps of our table: two for each masqueraded address. */
export async function countElements(node: FakeNode): Promise<number> {
  const listing = await nft(node, ["list", "table", ...tableName.split(" ")]);
  const sets = [...objects(listing, "set"), ...objects(listing, "map")];
  return sets
    .map(({ elem }) => (Array.isArray(elem) ? elem.length : 0))
    .reduce((sum, count) => sum + count, 0);
}

/** The kernel is asked again each time: nft(8) has no state. */
async function nft(node: FakeNode, args: readonly string[]): Promise<readonly Json[]> {
  const listing: { nftables: readonly Json[] } = JSON.parse((await node.run("nft", ["-j", ...args])).stdout);
  return listing.nftables;
}

function objects(listing: readonly Json[], kind: string) {
  return listing
    .filter(isObject)
    .map((entry) => entry[kind])
    .filter(isObject);
}
