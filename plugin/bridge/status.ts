/** STATUS: passed on to IPAM, whose error is ours. */
import type { Request } from "../../cni/request.ts";
import { findIpam } from "../ipam.ts";
import { readConfiguration } from "./configuration.ts";

export async function status(request: Request): Promise<void> {
  const { ipam } = readConfiguration(request);
  if (ipam.type !== "") await (await findIpam(ipam.type, request)).status(request);
}
