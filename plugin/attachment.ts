/** What identifies an attachment, and the names that follow from it: DEL finds everything with no state at all. */
import type { Request } from "../cni/request.ts";
import { locallyAdministered } from "../inet/mac.ts";

export interface Attachment {
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
}

/** What a request is about. */
export function attachmentOf(request: Pick<Request, "configuration" | "containerId" | "ifname">): Attachment {
  const { configuration, containerId, ifname } = request;
  return { network: configuration.name, containerId, ifname };
}

function digest(text: string): Uint8Array {
  return new Uint8Array(new Bun.CryptoHasher("sha256").update(text).digest());
}

export function hexDigest(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

const hostEndPrefix = "veth";
const hostEndDigits = 11; // with the prefix the 15 bytes that a name may have

/** The veth's end in the host: from the container id and the interface name alone. */
export function hostEndName(attachment: Pick<Attachment, "containerId" | "ifname">): string {
  // A container id holds no space, so no two pairs give the same text.
  const hex = hexDigest(`${attachment.containerId} ${attachment.ifname}`);
  return hostEndPrefix + hex.slice(0, hostEndDigits);
}

/** True for names that {@link hostEndName} can give; the reference's random names are shorter. */
export function looksLikeHostEnd(name: string): boolean {
  return name.length === hostEndPrefix.length + hostEndDigits && /^veth[0-9a-f]+$/.test(name);
}

/**
 * What a link in the container is called until it has its real name. While one is made, kernels before 6.15 look for its name
 * in the host as well (rtnl_newlink()), where "eth0" is taken more often than not.
 */
export function temporaryName(attachment: Pick<Attachment, "containerId" | "ifname">): string {
  return hostEndName(attachment).replace(hostEndPrefix, "temp");
}

/**
 * MAC addresses of both ends. They are set when the pair is made, so that udev's MAC address policy leaves them alone;
 * derived, so that an attachment made again keeps its address and neighbours' caches stay right.
 */
export function macAddresses(attachment: Attachment): { host: Uint8Array; container: Uint8Array } {
  const bytes = digest(`mac ${attachment.network} ${attachment.containerId} ${attachment.ifname}`);
  return {
    host: locallyAdministered(bytes.subarray(0, 6)),
    container: locallyAdministered(bytes.subarray(6, 12)),
  };
}
