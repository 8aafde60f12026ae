/** A link to the outside, for plugins whose configuration names one of the host's: `"master": "uplink0"`. */
import type { FakeNode } from "../node/fake-node.ts";
import type { Subject } from "./subject.ts";

/** Its name is documented in docs/conformance.md. */
export const uplink = "uplink0";

/** True where the configuration names it: other plugins do not pay for what they have no use for. */
export function needsUplink({ configuration }: Pick<Subject, "configuration">): boolean {
  return JSON.stringify(configuration).includes(`"${uplink}"`);
}

/** Keeps the namespace of the other end; not in `/run/netns`, where snapshots look for containers. */
const outside = "/var/lib/node/outside";

/** Up, with a carrier, without an address of IPv4. */
export async function makeUplink(node: FakeNode): Promise<void> {
  const script = `
    touch ${outside}
    unshare --net=${outside} ip link add ${uplink} up type veth peer name ${uplink} netns 1
    ip link set ${uplink} up`;
  await node.run("sh", ["-ec", script]);
}
