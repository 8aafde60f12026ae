/** STATUS: what would keep an ADD from working, as far as it can be told without one. */
import type { Request } from "../../cni/request.ts";
import {
  asNotAvailable,
  demandReadyIpam,
  refuseDamage,
  refuseMissingFirewall,
  refuseMissingPrograms,
} from "../readiness.ts";
import { refuseFixedForwarding } from "../sysctl.ts";
import { readConfiguration } from "./configuration.ts";

export async function status(request: Request): Promise<void> {
  const configuration = readConfiguration(request);
  await asNotAvailable(async () => {
    refuseFixedForwarding();
    refuseMissingFirewall(configuration);
    await refuseMissingPrograms(configuration);
  });
  refuseDamage(configuration);
  await demandReadyIpam(request, configuration.ipam.type);
}
