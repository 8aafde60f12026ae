import { type Image, buildImages, busyboxImage, pauseImage } from "../images/images.ts";
import type { Background } from "../node/background.ts";
import type { FakeNode } from "../node/index.ts";
import { CriClient } from "./cri-client.ts";
import type { ExecSyncResponse, PodSandboxConfig, PodSandboxStatusResponse } from "./cri-messages.ts";

/** How a containerd is set up. */
export interface ContainerdOptions {
  /** The only folder where it finds plugins; must hold `loopback`, which it runs for every pod. */
  readonly pluginFolder: string;
  /** `plugins` of its configuration list. */
  readonly plugins: readonly object[];
  /** `cniVersion` of the list, 1.0.0 when left out, the highest that containerd 1.6 reads a result of. */
  readonly cniVersion?: string;
}

/** What a pod is besides its name. */
export type PodOptions = Partial<Omit<PodSandboxConfig, "metadata" | "linux">>;

/** A pod and what its network looks like. */
export interface PodNetwork {
  readonly state: "SANDBOX_READY" | "SANDBOX_NOTREADY";
  /** Its addresses, the primary one first. */
  readonly addresses: readonly string[];
  /** Path of its network namespace inside the node. */
  readonly namespace: string;
}

/** containerd 1.6 private to one fake node, driven over the Kubernetes Container Runtime Interface. */
export class Containerd {
  readonly client: CriClient;
  readonly #node: FakeNode;
  #program: Background;

  private constructor(node: FakeNode, program: Background) {
    this.#node = node;
    this.#program = program;
    this.client = new CriClient(node.outside(`${folderOf(node)}/c.sock`));
  }

  /** Starts it and loads the images. @throws Error with its log when it does not answer within half a minute. */
  static async start(node: FakeNode, options: ContainerdOptions): Promise<Containerd> {
    const folder = folderOf(node);
    const list = { cniVersion: options.cniVersion ?? "1.0.0", name: "net", plugins: options.plugins };
    node.write(`${folder}/net.d/10-net.conflist`, JSON.stringify(list));
    node.write(`${folder}/config.toml`, configuration(folder, options.pluginFolder));
    await buildImages();
    const containerd = new Containerd(node, await startDaemon(node));
    await containerd.#ready();
    await containerd.#load(pauseImage);
    await containerd.#load(busyboxImage);
    return containerd;
  }

  /** Kills it, as if it had crashed, and starts it again; the pods stay. */
  async restart(): Promise<void> {
    await this.#program.stop("KILL");
    this.#program = await startDaemon(this.#node);
    await this.#ready();
  }

  /** Starts a pod without containers and returns its id. */
  async runPod(name: string, options: PodOptions = {}): Promise<string> {
    const { podSandboxId } = await this.client.call("RunPodSandbox", { config: this.#pod(name, options) });
    return podSandboxId;
  }

  /** Ends a pod's processes and network; may be repeated. */
  async stopPod(podSandboxId: string): Promise<void> {
    await this.client.call("StopPodSandbox", { podSandboxId });
  }

  /** Forgets a pod. */
  async removePod(podSandboxId: string): Promise<void> {
    await this.client.call("RemovePodSandbox", { podSandboxId });
  }

  /** What containerd tells of a pod. */
  async podNetwork(podSandboxId: string): Promise<PodNetwork> {
    const answer = await this.client.call("PodSandboxStatus", { podSandboxId, verbose: true });
    const network = answer.status?.network;
    return {
      state: answer.status?.state ?? "SANDBOX_NOTREADY",
      addresses: [network?.ip ?? "", ...(network?.additionalIps ?? []).map(({ ip }) => ip)].filter(Boolean),
      namespace: namespaceOf(answer),
    };
  }

  /** Starts a container that sleeps inside a pod, and returns its id. */
  async runContainer(podSandboxId: string, podName: string): Promise<string> {
    const { containerId } = await this.client.call("CreateContainer", {
      podSandboxId,
      sandboxConfig: this.#pod(podName, {}),
      config: {
        metadata: { name: "main" },
        image: { image: busyboxImage.name },
        command: ["/bin/sleep", "3600"],
        linux: { securityContext: { capabilities: { addCapabilities: ["NET_RAW"] } } },
      },
    });
    await this.client.call("StartContainer", { containerId });
    return containerId;
  }

  /** Runs a program inside a container. */
  async exec(containerId: string, cmd: readonly string[]): Promise<ExecSyncResponse> {
    return this.client.call("ExecSync", { containerId, cmd, timeout: 10 });
  }

  async #ready(): Promise<void> {
    try {
      await this.client.ready(30_000);
    } catch (error) {
      throw new Error(`containerd does not answer:\n${this.#program.stderr()}`, { cause: error });
    }
  }

  #pod(name: string, options: PodOptions): PodSandboxConfig {
    return {
      metadata: { name, uid: `uid-${name}`, namespace: "default", attempt: 0 },
      hostname: name,
      ...options,
      linux: { cgroupParent: `/${this.#node.id}` },
    };
  }

  async #load(image: Image): Promise<void> {
    const socket = `${folderOf(this.#node)}/c.sock`;
    await this.#node.run("ctr", ["-a", socket, "-n", "k8s.io", "images", "import", image.archive]);
  }
}

function folderOf(node: FakeNode): string {
  return `${node.folder}/containerd`;
}

function startDaemon(node: FakeNode): Promise<Background> {
  return node.background("containerd", ["-c", `${folderOf(node)}/config.toml`]);
}

/** The part of the verbose answer that names the network namespace. */
interface VerboseInfo {
  readonly runtimeSpec: {
    readonly linux: { readonly namespaces: readonly { type: string; path?: string }[] };
  };
}

function namespaceOf(answer: PodSandboxStatusResponse): string {
  const info: VerboseInfo = JSON.parse(answer.info["info"] ?? "{}");
  const network = info.runtimeSpec.linux.namespaces.find(({ type }) => type === "network");
  return network?.path ?? "";
}

/**
 * `restrict_oom_score_adj`: lowering the score of a pod needs CAP_SYS_RESOURCE, which not every machine gives to root.
 * The disabled plugins need kernel features or services that a test has no use for.
 */
function configuration(folder: string, pluginFolder: string): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"
oom_score = 0
disabled_plugins = [
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp",
  "io.containerd.internal.v1.tracing",
]
[grpc]
  address = "${folder}/c.sock"
[ttrpc]
  address = "${folder}/c.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage.name}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${pluginFolder}"
    conf_dir = "${folder}/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
`;
}
