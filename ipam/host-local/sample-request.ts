/** Requests for tests, as dispatch makes them. */
import type { JsonObject } from "../../cni/json-object.ts";
import type { Command } from "../../cni/environment.ts";
import { silentLog } from "../../cni/log.ts";
import type { Request } from "../../cni/request.ts";
import { newestVersion, type Version } from "../../cni/version.ts";

export interface RequestTexts {
  readonly command?: Command;
  readonly containerId?: string;
  readonly ifname?: string;
  readonly network?: string;
  readonly version?: Version;
  readonly args?: string;
  readonly ipam?: unknown;
  /** More keys at the top of the configuration. */
  readonly more?: JsonObject;
}

/** @returns a request for network "net", container "dummy" and interface "eth0" where nothing else is said */
export function sampleRequest(texts: RequestTexts): Request {
  const { network = "net", version = newestVersion, ipam, more } = texts;
  const json = { cniVersion: version, name: network, type: "bridge", ipam, ...more };
  return {
    command: texts.command ?? "ADD",
    containerId: texts.containerId ?? "dummy",
    ifname: texts.ifname ?? "eth0",
    netns: "/run/netns/c1",
    args: texts.args ?? "",
    path: [],
    configuration: { name: network, version, json, text: JSON.stringify(json) },
    environment: {},
    log: silentLog,
  };
}
