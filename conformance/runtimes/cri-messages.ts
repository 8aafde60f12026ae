/** The messages of cri.proto as the loader gives and takes them: camel case, enums as names, 64-bit numbers as numbers. */

export interface PodSandboxReference {
  readonly podSandboxId: string;
}

export interface ContainerReference {
  readonly containerId: string;
}

export interface PodSandboxConfig {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly namespace: string;
    readonly attempt: number;
  };
  readonly hostname: string;
  readonly logDirectory?: string;
  readonly dnsConfig?: {
    readonly servers?: readonly string[];
    readonly searches?: readonly string[];
    readonly options?: readonly string[];
  };
  readonly portMappings?: readonly PortMapping[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Parent of the pod's cgroups, from the root of each hierarchy. */
  readonly linux: { readonly cgroupParent: string };
}

export interface PortMapping {
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIp: string;
}

/** Answer of PodSandboxStatus; a message that the runtime left out is null. */
export interface PodSandboxStatusResponse {
  readonly status: {
    readonly id: string;
    readonly state: "SANDBOX_READY" | "SANDBOX_NOTREADY";
    readonly network: {
      readonly ip: string;
      readonly additionalIps: readonly { readonly ip: string }[];
    } | null;
  } | null;
  /** Only when asked to be verbose: `info` holds JSON of the runtime's own. */
  readonly info: Readonly<Record<string, string>>;
}

export interface ContainerConfig {
  readonly metadata: { readonly name: string };
  readonly image: { readonly image: string };
  readonly command: readonly string[];
  readonly linux?: {
    readonly securityContext: { readonly capabilities: { readonly addCapabilities: readonly string[] } };
  };
}

export interface ExecSyncResponse {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exitCode: number;
}

export interface RuntimeCondition {
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

/** The methods of the service, each with what it takes and what it gives. */
export interface RuntimeService {
  RunPodSandbox: { request: { readonly config: PodSandboxConfig }; response: PodSandboxReference };
  StopPodSandbox: { request: PodSandboxReference; response: object };
  RemovePodSandbox: { request: PodSandboxReference; response: object };
  PodSandboxStatus: {
    request: PodSandboxReference & { readonly verbose: boolean };
    response: PodSandboxStatusResponse;
  };
  CreateContainer: {
    request: PodSandboxReference & {
      readonly config: ContainerConfig;
      readonly sandboxConfig: PodSandboxConfig;
    };
    response: ContainerReference;
  };
  StartContainer: { request: ContainerReference; response: object };
  ExecSync: {
    /** The timeout is in seconds. */
    request: ContainerReference & { readonly cmd: readonly string[]; readonly timeout: number };
    response: ExecSyncResponse;
  };
  Status: {
    request: { readonly verbose: boolean };
    response: { readonly status: { readonly conditions: readonly RuntimeCondition[] } | null };
  };
}
