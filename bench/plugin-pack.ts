/** A folder of CNI plugins as a contestant: ours and the reference are started in exactly the same way. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attachment, Contestant, Network } from "./contestant.ts";
import type { Start } from "./schedule.ts";

/** The newest version that every pack measured here speaks. */
export const cniVersion = "1.0.0";

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface PluginPackOptions {
  readonly name: string;
  readonly description: string;
  /** The folder with the executables `bridge` and `host-local`. */
  readonly folder: string;
  /** Where configuration files are written. */
  readonly workFolder: string;
  readonly ipMasqBackend?: "nftables" | "iptables";
}

/** The configuration that a runtime would pass on stdin. */
export function configurationOf(network: Network, ipMasqBackend?: string): Record<string, unknown> {
  return {
    cniVersion,
    name: network.name,
    type: "bridge",
    bridge: network.bridge,
    isGateway: true,
    isDefaultGateway: true,
    ipMasq: network.isMasqueraded,
    ...(ipMasqBackend !== undefined && { ipMasqBackend }),
    ipam: {
      type: "host-local",
      dataDir: network.stateFolder,
      ranges: network.subnets.map(({ prefix, gateway }) => [{ subnet: prefix, gateway }]),
    },
  };
}

export function versionStart(folder: string, plugin: string, workFolder: string): Start {
  const stdin = join(workFolder, "version.json");
  writeFileSync(stdin, JSON.stringify({ cniVersion }));
  return { argv: [join(folder, plugin)], env: { CNI_COMMAND: "VERSION", PATH: path }, stdin };
}

export function pluginPack({
  name,
  description,
  folder,
  workFolder,
  ipMasqBackend,
}: PluginPackOptions): Contestant {
  const start = (command: string, network: Network, attachment: Attachment) => {
    const stdin = join(workFolder, `${network.name}.json`);
    const env = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: attachment.containerId,
      CNI_NETNS: attachment.netns,
      CNI_IFNAME: "eth0",
      CNI_PATH: folder,
      PATH: path,
    };
    return { argv: [join(folder, "bridge")] as const, env, stdin };
  };
  return {
    name,
    description,
    leaseFolder: (network) => join(network.stateFolder, network.name),
    prepare: (network) => {
      const file = join(workFolder, `${network.name}.json`);
      writeFileSync(file, JSON.stringify(configurationOf(network, ipMasqBackend)));
      return undefined;
    },
    add: (network, attachment) => ({ ...start("ADD", network, attachment), save: attachment.slot }),
    del: (network, attachment) => ({ ...start("DEL", network, attachment), previous: attachment.slot }),
  };
}
