/** What plugins have in common whose interface sits on another one, its lower device or master: macvlan, 802.1Q. */
import type { CniError } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import type { Dns } from "../../cni/result.ts";
import type { Request as LinkRequest } from "../../netlink/message.ts";
import type { NewUpperLink } from "../../netlink/route/new-link.ts";
import type { NetlinkError } from "../../netlink/netlink-error.ts";
import type { NamedLink } from "../links.ts";

export interface UpperConfiguration {
  /** Name of the lower device; undefined for that of the default route. */
  readonly master: string | undefined;
  /** The lower device is in the container as well. */
  readonly linkInContainer: boolean;
  /** Bytes; undefined is the lower device's. */
  readonly mtu: number | undefined;
  /** The MAC address asked for. */
  readonly mac: Uint8Array | undefined;
  readonly enabledad: boolean;
  readonly ipam: { readonly type: string };
  readonly dns: Dns;
}

export interface UpperKind<C extends UpperConfiguration> {
  /** IFLA_INFO_KIND */
  readonly kind: string;
  /** @throws CniError */
  readConfiguration(request: Request): C;
  /** The MAC address to make the link with; undefined leaves it to the kernel. */
  chooseMac(configuration: C, derived: Uint8Array): Uint8Array | undefined;
  /** Looks at the lower device before anything is changed. @throws CniError */
  refuseUnsuited(lower: NamedLink, configuration: C): void;
  create(link: NewUpperLink, configuration: C): LinkRequest;
  /** What to tell where the kernel knows no such links. */
  notInKernel(cause?: NetlinkError): CniError;
  /** What to tell of the kernel's refusal, once it is known that the name is free. */
  explain(refusal: NetlinkError, lower: NamedLink, configuration: C): Error;
  /** Index of the device that the kernel puts an interface on when it is asked for this one. */
  lowerIndex(lower: NamedLink): number | undefined;
  /** How the link differs from what the configuration asks for, a sentence each. */
  differences(link: NamedLink, configuration: C): readonly string[];
}
