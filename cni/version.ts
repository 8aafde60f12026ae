/** Versions of the CNI specification that the plugins speak. */
export const versions = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;

export type Version = (typeof versions)[number];

/** What a configuration without cniVersion means. */
export const versionWhenMissing: Version = "0.1.0";
export const newestVersion: Version = "1.1.0";

/** Exact membership: "1.0" and "v1.0.0" are no versions. */
export function isVersion(text: string): text is Version {
  return versions.some((version) => version === text);
}

export function isAtLeast(version: Version, other: Version): boolean {
  return versions.indexOf(version) >= versions.indexOf(other);
}

/** Versions whose results have the same shape. */
export type ResultShape = "ip4/ip6" | "ips with version" | "ips";

export function resultShape(version: Version): ResultShape {
  if (!isAtLeast(version, "0.3.0")) return "ip4/ip6";
  return isAtLeast(version, "1.0.0") ? "ips" : "ips with version";
}
