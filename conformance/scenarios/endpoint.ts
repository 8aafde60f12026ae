/** Containers of a scenario, each attached by the plugin that its network names. */
import { attach } from "../kernel/attachment.ts";
import type { Config } from "../kernel/network.ts";
import type { FakeNode, PluginCall, PluginReply } from "../node/index.ts";
import { patience } from "../node/patience.ts";

/** Somebody who can ping and be pinged. */
export interface Endpoint {
  /** For people, such as "one". */
  readonly name: string;
  /** Where the others look for it, without prefix length. */
  readonly address: string;
  /** Whether an answer comes, to one of three requests when nothing else is said. */
  ping(address: string, attempts?: number): Promise<boolean>;
}

/** An endpoint that is a namespace of a node. */
export interface Place extends Endpoint {
  readonly node: FakeNode;
  /** Null for the node itself. */
  readonly netns: string | null;
}

/** A place that a plugin made. */
export interface Container extends Place {
  readonly netns: string;
  readonly mac: string;
  /** Name of the host's end of its cable, empty where there is none. */
  readonly hostEnd: string;
  /** What ADD said. */
  readonly added: PluginReply;
}

/** What a call says besides; the name is the container's id unless this has one. */
type More = Pick<Partial<PluginCall>, "args" | "ifname" | "containerId">;

/** A new namespace, attached. */
export async function connect(
  node: FakeNode,
  name: string,
  config: Config,
  more: More = {},
): Promise<Container> {
  await node.addNamespace(name);
  return attachAgain(node, name, config, more);
}

/** The same for a namespace that is there already. */
export async function attachAgain(
  node: FakeNode,
  name: string,
  config: Config,
  more: More = {},
): Promise<Container> {
  const added = await attach(node, config, { netns: name, containerId: name, ...more });
  const interfaces = added.interfaces ?? [];
  const ifname = more.ifname ?? "eth0";
  const address = added.ips?.[0]?.address.replace(/\/.*/, "") ?? "";
  return {
    ...place(node, { netns: name, name, address }),
    netns: name,
    mac: interfaces.find((one) => one.name === ifname && one.sandbox !== undefined)?.mac ?? "",
    hostEnd: interfaces.find((one) => one.sandbox === undefined && one.name.startsWith("veth"))?.name ?? "",
    added,
  };
}

/** For the answer to one request: in the lab, a guest may take seconds for it. */
const timeoutSeconds = Math.ceil(patience / 2);

/** A namespace that is there already, or with null the node itself, by one of its addresses. */
export function place(node: FakeNode, where: Pick<Place, "netns" | "name" | "address">): Place {
  const ping = async (address: string, attempts?: number): Promise<boolean> =>
    (await node.ping(where.netns, address, { attempts: attempts ?? 3, timeoutSeconds })).received === 1;
  return { ...where, node, ping };
}

/** The node itself, by one of its addresses. */
export function host(node: FakeNode, address: string): Place {
  return place(node, { netns: null, name: "host", address });
}
