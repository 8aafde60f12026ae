import { execFileSync } from "node:child_process";

/** Whether bridges of this kernel can keep VLANs apart: they tell their default VLAN only where they can. */
export function canFilterVlans(): boolean {
  const script = "ip link add probe type bridge && ip -d link show dev probe";
  try {
    return execFileSync("unshare", ["--net", "sh", "-ec", script]).includes("vlan_default_pvid");
  } catch {
    return false;
  }
}
