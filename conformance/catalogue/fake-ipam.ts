/** Cases about delegation: the plugin under judgement is given an IPAM plugin of ours that does as it is told. */
import type { JsonObject } from "../../cni/json-object.ts";
import { resultShape, type Version } from "../../cni/version.ts";
import {
  delegateCalls,
  delegateCommands,
  delegateFolder,
  installDelegate,
  type Behaviour,
  type DelegateCall,
} from "../node/delegate.ts";
import { firstAddress, gateway } from "../suite/subject.ts";
import type { CallOptions, Trial } from "../suite/trial.ts";
import { hasIpam } from "./own-leases.ts";

export const fakeIpamType = "conformance-ipam";

export interface Route extends JsonObject {
  readonly dst: string;
}

/** What an IPAM plugin prints in a version: one address with its gateway. */
export function leaseOf(version: Version, routes: readonly Route[] = [], address = firstAddress): JsonObject {
  const shape = resultShape(version);
  if (shape === "ip4/ip6") {
    return { cniVersion: version, ip4: { ip: `${address}/24`, gateway, routes }, dns: {} };
  }
  const ip = { address: `${address}/24`, gateway };
  return {
    cniVersion: version,
    ips: [shape === "ips with version" ? { version: "4", ...ip } : ip],
    routes,
    dns: {},
  };
}

/** `ipMasq` for the plugins that are known to have it: another may refuse the key, with code 2. */
export function masqueradeOf({ subject }: Trial): { readonly ipMasq?: true } {
  return ["bridge", "ptp", "trestle"].includes(subject.type) ? { ipMasq: true } : {};
}

/** A way to call the plugin with the fake IPAM plugin, and what that one has seen. */
export class FakeIpam {
  /** To be spread into the options of a call. */
  readonly options: CallOptions;
  readonly #trial: Trial;

  private constructor(trial: Trial, options: CallOptions) {
    this.#trial = trial;
    this.options = options;
  }

  /** Installs it; commands without a behaviour succeed, and ADD gives one lease. @throws NotApplicable for plugins without IPAM */
  static async install(
    trial: Trial,
    behaviours: Readonly<Record<string, Behaviour>> = {},
    changes: Readonly<Record<string, unknown>> = {},
  ): Promise<FakeIpam> {
    if (!hasIpam(trial)) trial.notApplicable("its configuration names no IPAM plugin");
    await installDelegate(trial.node, fakeIpamType, { ADD: { out: leaseOf(trial.version) }, ...behaviours });
    const config = trial.configuration({ ipam: { type: fakeIpamType, mark: "kept as it is" }, ...changes });
    return new FakeIpam(trial, { config, path: `${delegateFolder}:${trial.subject.folder}` });
  }

  /** Commands that it was asked for, in order. */
  get commands(): readonly string[] {
    return delegateCommands(this.#trial.node, fakeIpamType);
  }

  get calls(): readonly DelegateCall[] {
    return delegateCalls(this.#trial.node, fakeIpamType);
  }
}
