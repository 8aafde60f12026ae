/** Conversations with the kernel: joins sockets of `sys/` to the protocol of `netlink/`. */
import { Conversation } from "../netlink/conversation.ts";
import type { Request } from "../netlink/message.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { describeErrno, errno, failedWith } from "../sys/errno.ts";
import type { NetworkNamespace } from "../sys/namespace.ts";
import { NetlinkSocket, netlinkProtocols } from "../sys/netlink-socket.ts";
import { CniError, errorCodes } from "../cni/error.ts";

/** rtnetlink in the namespace that the process runs in. */
export function openRoute(): Conversation {
  return new Conversation(new NetlinkSocket(netlinkProtocols.route), describeErrno);
}

/** rtnetlink in another namespace: a socket stays where it was made, so only its making happens inside. */
export function openRouteIn(namespace: NetworkNamespace): Conversation {
  return namespace.run(openRoute);
}

/**
 * Exchanges requests; when the answers get lost, `onLoss` is called. A link that may have been made is then removed: at worst it
 * is that of an ADD before this one for the same container and interface, which the DEL after this failure removes as well.
 */
export function exchangeOr(onLoss: () => void, route: Conversation, requests: readonly Request[]) {
  try {
    return route.exchange(requests);
  } catch (error) {
    onLoss();
    throw error;
  }
}

/**
 * Sends a request that may have been done before, by another process for one.
 * @param signs errno values by which the kernel says so. @throws NetlinkError for all others
 */
export function requestUnlessDone(route: Conversation, request: Request, signs: readonly number[]): void {
  const outcome = route.exchange([request])[0];
  if (outcome instanceof NetlinkError && !signs.includes(outcome.errno)) throw outcome;
}

/** nfnetlink in the namespace that the process runs in. @throws CniError when the kernel has none */
export function openNetfilter(): Conversation {
  try {
    return new Conversation(new NetlinkSocket(netlinkProtocols.netfilter), describeErrno);
  } catch (cause) {
    if (!failedWith(cause, errno.EPROTONOSUPPORT, errno.EAFNOSUPPORT)) throw cause;
    throw new CniError(
      errorCodes.kernelFeatureMissing,
      "cannot reach nf_tables: the kernel has no nfnetlink",
      {
        details:
          'load the kernel module nf_tables, or set "ipMasqBackend": "iptables" and remove "macspoofchk"',
        cause,
      },
    );
  }
}

/** As {@link openNetfilter}; undefined where the kernel has none, and so nothing to remove. */
export function openNetfilterIfAny(): Conversation | undefined {
  try {
    return openNetfilter();
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}
