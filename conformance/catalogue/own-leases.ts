/** Leases of the subject's network, where they are in files of host-local: other IPAM plugins keep theirs as they like. */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import type { Trial } from "../suite/trial.ts";
import { defaultDataDir, namesIn } from "./host-local-files.ts";

function ipamOf(trial: Trial): JsonObject {
  const ipam = trial.subject.configuration["ipam"];
  return isJsonObject(ipam) ? ipam : {};
}

/** Whether the subject is given its addresses by an IPAM plugin. */
export function hasIpam(trial: Trial): boolean {
  return typeof ipamOf(trial)["type"] === "string" && ipamOf(trial)["type"] !== "";
}

/** Whether each attachment has a lease, with a file that is named by its address. */
export function keepsLeases(trial: Trial): boolean {
  return ipamOf(trial)["type"] === "host-local";
}

/** Names of the files, sorted; none where another IPAM plugin is used. */
export async function ownLeases(trial: Trial): Promise<readonly string[]> {
  if (!keepsLeases(trial)) return [];
  const notes = /^(lock|last_reserved_ip\..*)$/;
  return namesIn(trial, leaseFolder(trial)).filter((name) => !notes.test(name));
}

/** The same for a case that shows nothing without them. @throws NotApplicable */
export async function leasesOf(trial: Trial): Promise<readonly string[]> {
  if (!keepsLeases(trial)) trial.notApplicable("its leases are not kept in files of host-local");
  return ownLeases(trial);
}

/** Where the files are. */
export function leaseFolder(trial: Trial): string {
  const { dataDir } = ipamOf(trial);
  const folder = typeof dataDir === "string" && dataDir !== "" ? dataDir : defaultDataDir;
  return `${folder}/${String(trial.subject.configuration["name"])}`;
}

/** Keys that tell a network beside the subject's from it. */
export function otherNames(trial: Trial): JsonObject {
  const hasBridge = trial.subject.configuration["bridge"] !== undefined;
  return { name: "conformance2", ...(hasBridge ? { bridge: "cnibr1" } : {}) };
}

/** The subject's configuration with these, and with leases out of another subnet. */
export function otherNetwork(trial: Trial): JsonObject {
  const { dataDir } = ipamOf(trial);
  const ipam = { type: "host-local", subnet: "10.89.0.0/24", dataDir };
  return trial.configuration({ ...otherNames(trial), ...(keepsLeases(trial) ? { ipam } : {}) });
}
