/** What the list of multicast memberships (/proc/net/dev_mcast) tells of interfaces in other namespaces: pure. */

/** 224.0.0.1 and ff02::1, which every interface that is up listens to. */
const allNodes: ReadonlySet<string> = new Set(["01005e000001", "333300000001"]);

/**
 * Interfaces on top of it in other namespaces (a container's macvlan) are in no list, but what they listen to is added to what it
 * listens to itself.
 * @param memberships lines of index, name, users, global users, address; undefined where there is no such list
 */
export function sharesMulticast(memberships: string | undefined, index: number): boolean {
  if (memberships === undefined) return true;
  return memberships.split("\n").some((line) => {
    const [ofLink, , users, , address = ""] = line.trim().split(/\s+/);
    return Number(ofLink) === index && Number(users) > 1 && allNodes.has(address);
  });
}
