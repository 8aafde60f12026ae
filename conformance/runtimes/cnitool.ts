import type { CommandOptions, CommandResult } from "../node/command.ts";
import { type FakeNode, type PluginReply } from "../node/index.ts";
import { readReply } from "../node/plugin-call.ts";
import { cnitool } from "../tools/tools.ts";

/** How cnitool calls plugins. */
export interface CnitoolOptions {
  /** Where it finds plugins, in this order. */
  readonly path: readonly string[];
  /** `CAP_ARGS`: what the runtime supplies for the capabilities that a plugin declares. */
  readonly capabilities?: object;
  /** `CNI_ARGS`. */
  readonly args?: string;
  /** What stands in for cnitool: a program with its first arguments. */
  readonly client?: readonly [string, ...string[]];
}

/** What cnitool did; `json` is the result that it printed. */
export interface CnitoolResult extends CommandResult {
  readonly json: PluginReply | undefined;
}

const configurations = "/etc/cni/net.d";

/** Writes a configuration list where cnitool looks for it. */
export function writeList(
  node: FakeNode,
  list: { readonly name: string } & Readonly<Record<string, unknown>>,
): void {
  node.write(`${configurations}/${list.name}.conflist`, JSON.stringify(list));
}

/** Runs cnitool for a namespace made with `addNamespace`; failure is returned, not thrown. */
export async function runCnitool(
  node: FakeNode,
  verb: "add" | "check" | "del" | "gc" | "status",
  { network, namespace }: { readonly network: string; readonly namespace: string },
  options: CnitoolOptions,
): Promise<CnitoolResult> {
  const env: CommandOptions["env"] = {
    NETCONFPATH: configurations,
    CNI_PATH: options.path.join(":"),
    CNI_ARGS: options.args,
    CAP_ARGS: options.capabilities === undefined ? undefined : JSON.stringify(options.capabilities),
  };
  const [program, ...first] = options.client ?? [cnitool];
  const ended = await node.run(program, [...first, verb, network, `/run/netns/${namespace}`], {
    env,
    allowFailure: true,
  });
  return { ...ended, json: readReply(ended.stdout) };
}
