/** The part of a container runtime that the demo needs: calls the plugin of config.json as the specification says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FakeNode } from "../node/fake-node.ts";
import { type PluginReply, type ResultAddress, callEnvironment, readReply } from "../node/plugin-call.ts";
import { pluginFolder, repository } from "../node/plugin-folder.ts";
import { Unexpected } from "./report.ts";

/** config.json: a network configuration list with one plugin. */
export interface NetworkList {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly [{ readonly type: string; readonly bridge: string }];
}

export function readNetworkList(): NetworkList {
  const list: NetworkList = JSON.parse(readFileSync(join(repository, "config.json"), "utf8"));
  return list;
}

/** An attached container. */
export interface Container {
  readonly name: string;
  /** What the plugin printed. */
  readonly result: PluginReply;
  readonly addresses: readonly ResultAddress[];
  /** How long the plugin took, from its start to its end. */
  readonly milliseconds: number;
}

interface Answer {
  readonly reply: PluginReply | undefined;
  /** Why it failed, or undefined when it did not. */
  readonly complaint: string | undefined;
  readonly milliseconds: number;
}

const timed = join(import.meta.dirname, "timed.sh");

export class Runtime {
  readonly #node: FakeNode;
  readonly #list: NetworkList;

  constructor(node: FakeNode, list: NetworkList) {
    this.#node = node;
    this.#list = list;
  }

  /** The versions of the specification that the plugin speaks. @throws Unexpected */
  async versions(): Promise<readonly string[]> {
    return (await this.#succeed("VERSION", "nobody")).reply?.supportedVersions ?? [];
  }

  /** Makes a container, which is an empty namespace here, and gives it its network. @throws Unexpected */
  async add(name: string): Promise<Container> {
    await this.#node.addNamespace(name);
    const { reply, milliseconds } = await this.#succeed("ADD", name);
    return { name, result: reply ?? {}, addresses: reply?.ips ?? [], milliseconds };
  }

  /** The plugin's complaint, or undefined when all is as ADD left it. */
  async check(container: Container): Promise<string | undefined> {
    return (await this.#call("CHECK", container.name, container.result)).complaint;
  }

  /** @returns how many milliseconds it took @throws Unexpected */
  async del(container: Container): Promise<number> {
    return (await this.#succeed("DEL", container.name, container.result)).milliseconds;
  }

  async #succeed(command: string, name: string, previous?: PluginReply): Promise<Answer> {
    const answer = await this.#call(command, name, previous);
    if (answer.complaint !== undefined) throw new Unexpected(`${command} ${name}: ${answer.complaint}`);
    return answer;
  }

  async #call(command: string, name: string, previous?: PluginReply): Promise<Answer> {
    const [plugin] = this.#list.plugins;
    const { cniVersion, name: network } = this.#list;
    const config = { cniVersion, name: network, ...plugin, prevResult: previous };
    const call = { type: plugin.type, command, config, containerId: name };
    const where = { netns: `/run/netns/${name}`, folder: pluginFolder };
    const { exitCode, stdout, stderr } = await this.#node.run(timed, [join(pluginFolder, plugin.type)], {
      input: JSON.stringify(config),
      env: callEnvironment(call, where),
      allowFailure: true,
    });
    const lines = stderr.split("\n");
    const milliseconds = Number(lines.pop()) / 1000;
    const reply = readReply(stdout);
    const said = reply?.msg ?? [`exit code ${exitCode}`, stdout, ...lines].join(" ");
    return { reply, complaint: exitCode === 0 ? undefined : said, milliseconds };
  }
}
