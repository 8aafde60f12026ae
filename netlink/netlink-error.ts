/** A request that the kernel refused. */
export class NetlinkError extends Error {
  override readonly name = "NetlinkError";
  /** What was attempted: "create veth \"veth1\"". */
  readonly request: string;
  /** Positive errno. */
  readonly errno: number;
  /** The kernel's own sentence (extended ack), where it gave one. */
  readonly kernelMessage: string | undefined;
  /** Path of the attribute that the kernel objected to, where it said. */
  readonly attribute: string | undefined;

  constructor(details: {
    request: string;
    errno: number;
    reason: string;
    kernelMessage?: string | undefined;
    attribute?: string | undefined;
  }) {
    const { request, reason, kernelMessage, attribute } = details;
    const about = attribute === undefined ? "" : `, at ${attribute}`;
    super(`Cannot ${request}: ${reason}${kernelMessage === undefined ? "" : `: ${kernelMessage}`}${about}`);
    this.request = request;
    this.errno = details.errno;
    this.kernelMessage = kernelMessage;
    this.attribute = attribute;
  }
}

/** The kernel's answers do not follow the protocol, or stayed away. */
export class NetlinkProtocolError extends Error {
  override readonly name = "NetlinkProtocolError";
}
