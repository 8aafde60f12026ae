/** An uplink "uplink0" whose addresses move to the bridge "br0". */
import type { FakeNode } from "../node/index.ts";
import { type Config, plainBridge } from "./network.ts";

/** Containers get addresses of the network that the host itself is in. */
export function moving(more: Config = {}): Config {
  const range = { subnet: "198.51.100.0/24", rangeStart: "198.51.100.100", gateway: "198.51.100.2" };
  return plainBridge({
    uplink: "uplink0",
    uplinkAddress: "move",
    ipam: { type: "host-local", ranges: [[range]] },
    ...more,
  });
}

/** What the kernel has on every interface by itself. */
const ofEachInterface = /inet6 fe80:|^(local|broadcast|multicast|anycast) |^unicast fe80::\/64 /;

/** Addresses in their order, and routes, of an interface, without its name: what must be the same in the other place. */
export async function described(node: FakeNode, name: string): Promise<string[]> {
  const script = `ip -d -o addr show dev ${name} scope global; ip -d -o addr show dev ${name} scope link
    for family in 4 6; do ip -d -$family route show table all dev ${name}; done`;
  const { stdout } = await node.run("sh", ["-ec", script]);
  return (
    stdout
      .split("\n")
      .map((line) =>
        line
          .replace(/^\d+: /, "")
          .replaceAll(name, "DEV")
          .replaceAll(/[\\\s]+/g, " ")
          .trim(),
      )
      // Seconds go by, but not a hundred of them.
      .map((line) => line.replaceAll(/(lft|expires) (\d+)\d\dsec/g, "$1 $2__sec"))
      // A bridge that has just become up may not have a carrier yet.
      .map((line) => line.replace(" linkdown", ""))
      .filter((line) => line !== "" && !ofEachInterface.test(line))
  );
}
