/** A network whose addresses are known beforehand, for clauses that are about bridge and host-local alike. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../cni/json-object.ts";
import type { Trial } from "../suite/trial.ts";
import { bridgeName, four } from "./bridge-network.ts";

/** Who can be given {@link leasedNetwork}. */
export const leasingTypes = ["bridge", "trestle", "host-local"] as const;

type Changes = Readonly<Record<string, unknown>>;

/**
 * Leases come out of {@link four}; `undefined` takes a key away.
 * @throws NotApplicable for a bridge without host-local beside it
 */
export function leasedNetwork(trial: Trial, changes: Changes = {}, ipamChanges: Changes = {}): JsonObject {
  const { folder, type } = trial.subject;
  if (!existsSync(join(folder, "host-local"))) trial.notApplicable("there is no host-local beside it");
  const ipam = { type: "host-local", subnet: four.subnet, ...ipamChanges };
  const own = type === "host-local" ? { type: "bridge" } : { type, bridge: bridgeName, isGateway: true };
  return { cniVersion: trial.version, name: "conformance", ...own, ipam, ...changes };
}
