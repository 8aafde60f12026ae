/** ADD: a tap in a container's namespace, or on a bridge of the host when CNI_NETNS is the host's own. */
import type { Request } from "../../cni/request.ts";
import { refuseUnsayable, type Result } from "../../cni/result.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { NetworkNamespace } from "../../sys/namespace.ts";
import { attachmentOf, hexDigest } from "../attachment.ts";
import { openAnyNamespace, refuseOwn } from "../container-namespace.ts";
import { readConfiguration, refuseHostKeys } from "./configuration.ts";

export async function add(request: Request): Promise<Result> {
  const configuration = readConfiguration(request);
  if (configuration.ipam.type === "") refuseUnsayable([], request.configuration.version);
  using namespace = openAnyNamespace(request);
  const attachment = attachmentOf(request);
  const label = ownerLabel(attachment, hexDigest);
  const call = { request, keys: configuration, attachment, ownerLabel: label, namespace };
  if (configuration.bridge !== undefined && namespace.isSameAs(NetworkNamespace.own())) {
    const { addOnHost } = await import("./add-on-host.ts");
    return await addOnHost(call);
  }
  refuseOwn(request, namespace);
  refuseHostKeys(request.configuration.json);
  const { addInContainer } = await import("./add-in-container.ts");
  return await addInContainer(call);
}
