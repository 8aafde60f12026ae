/** STATUS: whether there is a lower device that an ADD could use, and addresses. */
import type { Request } from "../../cni/request.ts";
import { openRoute } from "../kernel.ts";
import { asNotAvailable, demandReadyIpam } from "../readiness.ts";
import type { UpperConfiguration, UpperKind } from "./kind.ts";
import { findMaster } from "./master.ts";

export async function statusOfUpper<C extends UpperConfiguration>(
  request: Request,
  kind: UpperKind<C>,
): Promise<void> {
  const configuration = kind.readConfiguration(request);
  await asNotAvailable(() => {
    // A lower device in a container cannot be known yet.
    if (configuration.linkInContainer) return;
    using route = openRoute();
    kind.refuseUnsuited(findMaster(route, configuration), configuration);
  });
  if (configuration.ipam.type !== "") await demandReadyIpam(request, configuration.ipam.type);
}
