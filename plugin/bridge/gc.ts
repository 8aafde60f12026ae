/** GC: passed on to IPAM, as the specification asks of a delegating plugin. */
import type { Request } from "../../cni/request.ts";
import { findIpam } from "../ipam.ts";
import { readForRemoval } from "./configuration.ts";

export async function gc(request: Request): Promise<void> {
  const { ipamType } = readForRemoval(request.configuration.json);
  if (ipamType !== "") await (await findIpam(ipamType, request)).gc(request);
}
