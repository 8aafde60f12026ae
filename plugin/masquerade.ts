/** ADD and DEL of the masquerade of one attachment, with the backend that the configuration names. */
import { addMasquerade, removeMasquerade } from "../firewall/masquerade.ts";
import type { Log } from "../cni/log.ts";
import type { Prefix } from "../inet/prefix.ts";
import type { Undo } from "../sdk/undo.ts";
import type { Attachment } from "./attachment.ts";
import { describeEgress, type EgressSubject } from "./egress.ts";
import { openNetfilter } from "./kernel.ts";

/** What a configuration says about it. */
export interface MasqueradeSettings {
  readonly ipMasq: boolean;
  readonly ipMasqBackend: string;
  readonly nonMasqueradeCIDRs: readonly Prefix[];
}

/** @throws FirewallError, NetlinkError, CniError */
export async function masquerade(
  subject: EgressSubject,
  settings: MasqueradeSettings,
  { undo, log }: { readonly undo: Undo; readonly log: Log },
): Promise<void> {
  if (!settings.ipMasq || subject.ips.length === 0) return;
  const { attachment, ips, ownerLabel, interfaceName } = subject;
  if (settings.ipMasqBackend === "iptables") {
    const { addWithIptables, removeWithIptables } = await import("./iptables-egress.ts");
    undo("remove the iptables masquerade", () => removeWithIptables(attachment));
    return addWithIptables(attachment, ips, settings.nonMasqueradeCIDRs);
  }
  using netfilter = openNetfilter();
  undo("remove the masquerade", () => {
    using again = openNetfilter();
    removeMasquerade(again, ownerLabel);
  });
  await addMasquerade(netfilter, describeEgress(subject, settings.nonMasqueradeCIDRs));
  log.debug("masquerade ready", { owner: ownerLabel, interfaceName });
}

/** What iptables holds for an attachment; that of nf_tables goes by its owner alone, whatever the configuration says. */
export async function removeIptablesMasquerade(
  attachment: Attachment,
  settings: Pick<MasqueradeSettings, "ipMasq" | "ipMasqBackend">,
): Promise<void> {
  if (!settings.ipMasq || settings.ipMasqBackend !== "iptables") return;
  const { removeWithIptables } = await import("./iptables-egress.ts");
  await removeWithIptables(attachment);
}
