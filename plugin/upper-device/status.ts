/** STATUS: whether there is a lower device that an ADD could use, such links in the kernel, and addresses. */
import type { Request } from "../../cni/request.ts";
import { openRoute } from "../kernel.ts";
import { lacksKind } from "../kernel-features.ts";
import { asNotAvailable, demandReadyIpam } from "../readiness.ts";
import type { UpperConfiguration, UpperKind } from "./kind.ts";
import { findMaster } from "./master.ts";

export async function statusOfUpper<C extends UpperConfiguration>(
  request: Request,
  kind: UpperKind<C>,
): Promise<void> {
  const configuration = kind.readConfiguration(request);
  await asNotAvailable(() => {
    using route = openRoute();
    // A lower device in a container cannot be known yet.
    if (!configuration.linkInContainer) kind.refuseUnsuited(findMaster(route, configuration), configuration);
    if (lacksKind(route, kind.kind)) throw kind.notInKernel();
  });
  if (configuration.ipam.type !== "") await demandReadyIpam(request, configuration.ipam.type);
}
