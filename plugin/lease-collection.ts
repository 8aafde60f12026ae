/** GC of plugins whose links are in the containers alone and go with them: what is left are leases. */
import type { Request } from "../cni/request.ts";
import { readForRemoval } from "./configuration-keys.ts";
import { findIpam } from "./ipam.ts";

export async function collectLeases(request: Request): Promise<void> {
  const { ipamType } = readForRemoval(request.configuration.json);
  if (ipamType === "") return;
  await (await findIpam(ipamType, request)).gc(request);
}
