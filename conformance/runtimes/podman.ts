import { setTimeout as delay } from "node:timers/promises";
import type { CommandOptions, CommandResult } from "../node/command.ts";
import type { FakeNode } from "../node/index.ts";
import { listProcesses } from "../node/leftovers.ts";
import { type Image, buildImages, busyboxImage } from "../images/images.ts";

/** How a podman is set up. */
export interface PodmanOptions {
  /** The only folder where it finds plugins. */
  readonly pluginFolder: string;
  /** Its networks by their name: the `plugins` of a configuration list, so that no plugin type comes uninvited. */
  readonly networks: Readonly<Record<string, readonly object[]>>;
  /** `cniVersion` of the lists, 1.0.0 when left out, the highest that podman 4 reads a result of. */
  readonly cniVersion?: string;
}

/** The container that a test starts. */
export interface ContainerOptions {
  readonly name: string;
  readonly network: string;
  /** More arguments of `podman run`, such as `--ip=10.1.0.9`. */
  readonly arguments?: readonly string[];
}

/**
 * podman 4 with its CNI backend, private to one fake node: storage, state, locks and networks are in the node's folder,
 * and end with it. Containers live in cgroups of the node's name.
 */
export class Podman {
  readonly #node: FakeNode;
  readonly #folder: string;

  private constructor(node: FakeNode) {
    this.#node = node;
    this.#folder = `${node.folder}/podman`;
  }

  /** Writes the configuration and loads the image. */
  static async start(node: FakeNode, options: PodmanOptions): Promise<Podman> {
    const podman = new Podman(node);
    node.write(`${podman.#folder}/containers.conf`, containersConf(podman.#folder, options.pluginFolder));
    node.write(`${podman.#folder}/storage.conf`, storageConf(podman.#folder));
    for (const [name, plugins] of Object.entries(options.networks)) {
      const list = { cniVersion: options.cniVersion ?? "1.0.0", name, plugins };
      node.write(`${podman.#folder}/networks/${name}.conflist`, JSON.stringify(list));
    }
    await buildImages();
    await podman.#load(busyboxImage);
    return podman;
  }

  /** Runs `podman` with these arguments. @throws CommandError unless failure is allowed. */
  async run(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const env = {
      CONTAINERS_CONF: `${this.#folder}/containers.conf`,
      CONTAINERS_STORAGE_CONF: `${this.#folder}/storage.conf`,
      ...options.env,
    };
    return this.#node.run("podman", args, { ...options, env });
  }

  /** Starts a container that sleeps, and returns its id. */
  async runContainer(container: ContainerOptions, options: CommandOptions = {}): Promise<string> {
    const named = ["--name", container.name, "--network", container.network];
    const own = ["run", "-d", "--pull=never", "--cap-add=NET_RAW", "--cgroup-parent", `/${this.#node.id}`];
    const { stdout } = await this.run(
      [...own, ...named, ...(container.arguments ?? []), busyboxImage.name, "sleep", "3600"],
      options,
    );
    return stdout;
  }

  /** Runs a program inside a container. */
  async exec(
    container: string,
    argv: readonly string[],
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    return this.run(["exec", container, ...argv], options);
  }

  /** Takes containers away, and all that they have; podman itself is at rest when this returns. */
  async remove(...containers: readonly string[]): Promise<void> {
    await this.run(["rm", "-f", "-t", "0", ...containers]);
    await this.settle(...containers);
  }

  /**
   * Waits until the monitors of these containers, which have ended, and the podman that each starts once more for its cleanup
   * have ended as well.
   *
   * @throws Error when they have not after 40 seconds or more
   */
  async settle(...containers: readonly string[]): Promise<void> {
    const isAtWork = (line: string) =>
      /^\S*podman /.test(line) ||
      (/^\S*conmon /.test(line) && containers.some((name) => line.includes(` -n ${name} `)));
    for (let attempt = 0; Object.keys(listProcesses(this.#node)).some(isAtWork); attempt += 1) {
      if (attempt === 800) throw new Error("podman or its monitors still run after 40 s");
      await delay(50);
    }
    // Several at once may each mount the storage's folder on itself; whoever comes last and alone takes that away.
    await this.run(["ps", "-q"]);
  }

  /** What podman itself says about a container's address in a network. */
  async inspect(container: string, network: string): Promise<NetworkSettings> {
    const { stdout } = await this.run([
      "inspect",
      container,
      "--format",
      "{{json .NetworkSettings.Networks}}",
    ]);
    const networks: Readonly<Record<string, NetworkSettings>> = JSON.parse(stdout);
    const settings = networks[network];
    if (settings === undefined) {
      throw new Error(`podman inspect ${container}: not in network ${network}: ${stdout}`);
    }
    return settings;
  }

  /** Path of a container's network namespace inside the node. */
  async namespace(container: string): Promise<string> {
    const { stdout } = await this.run(["inspect", container, "--format", "{{.NetworkSettings.SandboxKey}}"]);
    return stdout;
  }

  async #load(image: Image): Promise<void> {
    await this.run(["load", "-q", "-i", image.archive]);
  }
}

/** The part of `podman inspect` that tells of one network. */
export interface NetworkSettings {
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
  readonly Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly IPv6Gateway: string;
  readonly MacAddress: string;
}

/**
 * Both limits must be set and stay below the hard ones, or raising them needs CAP_SYS_RESOURCE. `static_dir` must not be
 * set: the process that cleans up after a container would look for the database elsewhere, and never run DEL.
 */
function containersConf(folder: string, pluginFolder: string): string {
  return `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
tmp_dir = "${folder}/tmp"
volume_path = "${folder}/volumes"
lock_type = "file"
[network]
network_backend = "cni"
cni_plugin_dirs = ["${pluginFolder}"]
network_config_dir = "${folder}/networks"
default_network = "none-of-ours"
default_subnet = "10.255.255.0/24"
`;
}

function storageConf(folder: string): string {
  return `[storage]
driver = "overlay"
graphroot = "${folder}/storage"
runroot = "${folder}/run"
`;
}
