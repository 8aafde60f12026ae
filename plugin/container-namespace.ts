/** The container's network namespace, checked before anything is changed. */
import type { Request } from "../cni/request.ts";
import { CniError, errorCodes } from "../cni/error.ts";
import { errno, failedWith } from "../sys/errno.ts";
import { NetworkNamespace, NotANamespace } from "../sys/namespace.ts";

function allowsOwnNamespace(request: Request): boolean {
  const value = (request.environment["CNI_NETNS_OVERRIDE"] ?? "").toLowerCase();
  return value === "1" || value === "true";
}

/** @throws CniError 8 for the host's own namespace, unless CNI_NETNS_OVERRIDE allows it */
export function refuseOwn(request: Request, container: NetworkNamespace): void {
  if (allowsOwnNamespace(request)) return;
  if (!container.isSameAs(NetworkNamespace.own())) return;
  throw new CniError(
    errorCodes.invalidNamespace,
    `plugin's netns and netns from CNI_NETNS should not be the same: "${request.netns}" is the host's own namespace`,
    { details: "CNI_NETNS must be the path of the container's network namespace, such as /run/netns/web" },
  );
}

/** Opens CNI_NETNS, whichever it is. @throws CniError 4 when it is no namespace */
export function openAnyNamespace(request: Request): NetworkNamespace {
  try {
    return NetworkNamespace.open(request.netns);
  } catch (cause) {
    throw new CniError(errorCodes.invalidEnvironment, `invalid CNI_NETNS: ${(cause as Error).message}`, {
      details: "CNI_NETNS must be the path of the container's network namespace, such as /run/netns/web",
      cause,
    });
  }
}

/** Opens CNI_NETNS. @throws CniError 4 when it is no namespace, 8 when it is the plugin's own */
export function openContainerNamespace(request: Request): NetworkNamespace {
  return closedIfOwn(request, openAnyNamespace(request));
}

/** The same namespace. @throws CniError 8 as {@link refuseOwn}, with the namespace closed */
function closedIfOwn(request: Request, container: NetworkNamespace): NetworkNamespace {
  try {
    refuseOwn(request, container);
    return container;
  } catch (error) {
    container[Symbol.dispose]();
    throw error;
  }
}

/**
 * Opens CNI_NETNS for DEL, where it may be gone: undefined when it is empty, missing, a plain file (left by a reboot)
 * or not a namespace at all. @throws CniError 8 when it is the plugin's own
 */
export function openRemainingNamespace(
  request: Request,
  open: (request: Request) => NetworkNamespace | undefined = openAnyRemainingNamespace,
): NetworkNamespace | undefined {
  const container = open(request);
  return container && closedIfOwn(request, container);
}

/** The same for plugins that may have been at work in the host's own. */
export function openAnyRemainingNamespace(request: Request): NetworkNamespace | undefined {
  try {
    return openNamespaceOfAll(request);
  } catch (error) {
    // What is on the host is found without.
    if (failedWith(error, errno.EACCES)) return undefined;
    throw error;
  }
}

/**
 * The same for plugins that have all of an attachment in there: one that may not be opened is no sign that it is gone, and an
 * address that it still has must not be given to another. @throws SyscallError EACCES
 */
export function openNamespaceOfAll(request: Request): NetworkNamespace | undefined {
  if (request.netns === "") return undefined;
  try {
    return NetworkNamespace.open(request.netns);
  } catch (error) {
    if (error instanceof NotANamespace) return undefined;
    if (failedWith(error, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO)) return undefined;
    throw error;
  }
}
