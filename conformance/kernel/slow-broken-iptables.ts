/** A late step of ADD that lasts until the test lets it fail: the program `iptables` of a network with `"ipMasqBackend": "iptables"`. */
import type { FakeNode } from "../node/index.ts";

/** Made by the first call, which goes on when another file is beside it. */
const reached = "/var/lib/node/reached";

const replacement = `
mkdir /var/lib/node/sbin
cat > /var/lib/node/sbin/iptables << 'END'
#!/bin/sh
touch ${reached}
until [ -e ${reached}.goes-on ]; do sleep 0.05; done
echo broken >&2
exit 3
END
chmod +x /var/lib/node/sbin/iptables
mount --bind /var/lib/node/sbin /usr/sbin`;

/** How far the ADD has come, in the order of its calls. */
export interface SlowBrokenIptables {
  /** Settles when the ADD is at it. */
  untilReached(): Promise<void>;
  letFail(): void;
}

/** Takes the place of the node's programs in /usr/sbin. */
export async function installSlowBrokenIptables(node: FakeNode): Promise<SlowBrokenIptables> {
  await node.run("sh", ["-ec", replacement]);
  return {
    untilReached: async () =>
      void (await node.run("sh", ["-c", `until [ -e ${reached} ]; do sleep 0.05; done`])),
    letFail: () => node.write(`${reached}.goes-on`, ""),
  };
}
