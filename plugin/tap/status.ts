/** STATUS: whether there is the driver, what the bridge of the host needs, and addresses. */
import type { Request } from "../../cni/request.ts";
import { TapDevice } from "../../sys/tap-device.ts";
import { asNotAvailable, demandReadyIpam } from "../readiness.ts";
import { isForHost, readConfiguration, refuseHostKeys } from "./configuration.ts";
import { noDriver } from "./device.ts";

export async function status(request: Request): Promise<void> {
  const { bridge, selinuxContext, ipam } = readConfiguration(request);
  const { json } = request.configuration;
  if (bridge === undefined) refuseHostKeys(json);
  await asNotAvailable(async () => {
    demandDriver();
    if (selinuxContext !== "") (await import("./selinux.ts")).demandSelinux(selinuxContext);
  });
  // STATUS is told no namespace: a bridge may also be one of containers, which are not there yet.
  if (bridge !== undefined && isForHost(json)) return (await import("../bridge/status.ts")).status(request);
  if (ipam.type !== "") await demandReadyIpam(request, ipam.type);
}

function demandDriver(): void {
  try {
    TapDevice.probe();
  } catch (error) {
    throw noDriver(error) ?? error;
  }
}
