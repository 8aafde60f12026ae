/** Faults in looking after attachments: CHECK, GC, STATUS. */
import type { Mutant } from "./mutant.ts";

export const upkeepMutants: readonly Mutant[] = [
  {
    id: "check-without-result",
    type: "bridge",
    breaks: "CHECK without prevResult succeeds.",
    owner: "CHK-01",
    caught: /CHECK must fail/,
    body: `[ "$CNI_COMMAND" != CHECK ] || ! config 'has("name") and (has("prevResult") | not)' || exit 0
real`,
  },
  {
    id: "check-sees-nothing",
    type: "bridge",
    breaks: "CHECK always succeeds.",
    owner: "CHK-04",
    caught: /CHECK must fail/,
    body: `[ "$CNI_COMMAND" != CHECK ] || ! config .prevResult || exit 0
real`,
  },
  {
    id: "check-sees-no-addresses",
    type: "bridge",
    breaks: "CHECK does not look at addresses.",
    owner: "CHK-04b",
    caught: /CHECK must fail/,
    body: `[ "$CNI_COMMAND" = CHECK ] || { real; exit; }
printed=$(real) && exit
case $printed in *10.88.0.2*) exit 0 ;; esac
printf %s "$printed"
exit 1`,
  },
  {
    id: "check-sees-no-leases",
    type: "host-local",
    breaks: "CHECK does not look whether the address is still reserved.",
    owner: "CHK-05",
    caught: /CHECK must fail/,
    body: `[ "$CNI_COMMAND" != CHECK ] || ! config .prevResult || exit 0
real`,
  },
  {
    id: "check-not-delegated",
    type: "bridge",
    breaks: "CHECK does not ask the delegate.",
    owner: "CHK-07",
    caught: /the IPAM plugin must be asked/,
    body: `between '[ "$CNI_COMMAND" = CHECK ] || next'`,
  },
  {
    id: "check-prints-the-result",
    type: "bridge",
    breaks: "CHECK prints prevResult.",
    owner: "OUT-03",
    caught: /CHECK must print nothing/,
    body: `real || exit
[ "$CNI_COMMAND" != CHECK ] || jq .prevResult < "$input"`,
  },
  {
    id: "check-before-its-time",
    type: "bridge",
    breaks: "CHECK is answered in versions that do not have it.",
    owner: "CHK-09",
    caught: /CHECK must fail/,
    version: "0.2.0",
    body: `[ "$CNI_COMMAND" != CHECK ] || ! config '.cniVersion | IN("0.1.0", "0.2.0", "0.3.0", "0.3.1")' || exit 0
real`,
  },
  {
    id: "gc-takes-the-valid",
    type: "host-local",
    breaks: "GC releases what is still valid.",
    owner: "GC-01",
    caught: /GC changed valid attachments/,
    body: `[ "$CNI_COMMAND" != GC ] || configure '."cni.dev/valid-attachments" |= (. // [])[1:]'
real`,
  },
  {
    id: "gc-by-container-only",
    type: "host-local",
    breaks: "GC keeps all interfaces of a container when one is valid.",
    owner: "GC-02d",
    caught: /lease/,
    body: `[ "$CNI_COMMAND" != GC ] || configure '."cni.dev/valid-attachments" |= [.[] | . as $one | range(9) | $one + {ifname: "eth\\(.)"}]'
real`,
  },
  {
    id: "gc-does-nothing",
    type: "host-local",
    breaks: "GC does nothing, successfully.",
    owner: "GC-02",
    caught: /something of stale attachments stayed/,
    body: `[ "$CNI_COMMAND" != GC ] || ! config '.cniVersion == "1.1.0" and .name' || exit 0
real`,
  },
  {
    id: "gc-not-delegated",
    type: "bridge",
    breaks: "GC does not reach the delegate.",
    owner: "GC-04",
    caught: /number of GCs/,
    body: `between '[ "$CNI_COMMAND" = GC ] || next'`,
  },
  {
    id: "gc-reports",
    type: "bridge",
    breaks: "GC prints what it removed.",
    owner: "GC-05",
    caught: /GC must print nothing/,
    body: `real || exit
[ "$CNI_COMMAND" != GC ] || echo '{"removed": 0}'`,
  },
  {
    id: "gc-before-its-time",
    type: "loopback",
    breaks: "GC is answered in versions that do not have it.",
    owner: "GC-06",
    caught: /GC must fail/,
    version: "0.4.0",
    body: `[ "$CNI_COMMAND" != GC ] || config '.cniVersion == "1.1.0"' || exit 0
real`,
  },
  {
    id: "gc-knows-the-old-key-only",
    type: "host-local",
    breaks: "GC reads the key that the specification had for a while, and not the right one.",
    owner: "GC-02b",
    caught: /leases/,
    body: `[ "$CNI_COMMAND" != GC ] || configure 'del(."cni.dev/valid-attachments")'
real`,
  },
  {
    id: "gc-without-a-list-takes-all",
    type: "host-local",
    breaks: "GC without a list of attachments takes all for stale.",
    owner: "GC-08",
    caught: /GC removed something/,
    body: `[ "$CNI_COMMAND" != GC ] || configure 'if has("cni.dev/valid-attachments") or has("cni.dev/attachments") then . else ."cni.dev/valid-attachments" = [] end'
real`,
  },
  {
    id: "gc-knows-the-new-key-only",
    type: "host-local",
    breaks: "GC does not read the key that early runtimes send.",
    owner: "GC-08b",
    caught: /lease/,
    body: `configure 'del(."cni.dev/attachments")'
real`,
  },
  {
    id: "gc-leaves-rules",
    type: "bridge",
    breaks: "GC releases addresses and leaves the rules of the firewall.",
    owner: "GC-02c",
    caught: /something of stale attachments stayed/,
    body: `[ "$CNI_COMMAND" != GC ] || { "$(delegate)" < "$input"; exit; }
real`,
  },
  {
    id: "gc-stops-at-an-error",
    type: "bridge",
    breaks: "GC removes nothing where its delegate fails.",
    owner: "GC-03",
    caught: /something of the stale attachment stayed/,
    body: `[ "$CNI_COMMAND" != GC ] || "$(delegate)" < "$input" || exit
real`,
  },
  {
    id: "gc-error-swallowed",
    type: "bridge",
    breaks: "GC says nothing about what it could not remove.",
    owner: "GC-03",
    caught: /GC must fail/,
    body: `[ "$CNI_COMMAND" = GC ] || { real; exit; }
real > /dev/null || true`,
  },
  {
    id: "gc-of-all-networks",
    type: "host-local",
    breaks: "GC of one network removes what is not in its list from all.",
    owner: "GC-10",
    caught: /CHECK must succeed|lease/,
    body: `real || exit
[ "$CNI_COMMAND" != GC ] || config '."cni.dev/valid-attachments" | length > 0' || rm -f /var/lib/cni/networks/*/10.*`,
  },
  {
    id: "gc-of-what-is-not-a-list",
    type: "host-local",
    breaks: "GC takes what is not a list for an empty one.",
    owner: "GC-11",
    caught: /GC must fail/,
    body: `configure 'if (."cni.dev/valid-attachments" | type) == "array" or (has("cni.dev/valid-attachments") | not) then . else ."cni.dev/valid-attachments" = [] end'
real`,
  },
  {
    id: "check-mends",
    type: "bridge",
    breaks: "CHECK mends what it looks at.",
    owner: "BRG-83d",
    caught: /CHECK changed the host/,
    body: `real
code=$?
[ "$CNI_COMMAND" != CHECK ] || ip link set cnibr0 promisc on
exit "$code"`,
  },
  {
    id: "check-wants-its-own-result",
    type: "bridge",
    breaks: "CHECK fails where a later plugin added an interface.",
    owner: "CHK-03",
    caught: /CHECK must succeed/,
    body: `[ "$CNI_COMMAND" != CHECK ] || ! config '.prevResult.interfaces | length > 3' || refuse 100 "unexpected interface"
real`,
  },
  {
    id: "check-sees-no-routes",
    type: "bridge",
    breaks: "CHECK does not look at routes.",
    owner: "CHK-04c",
    caught: /CHECK must fail/,
    body: `[ "$CNI_COMMAND" != CHECK ] || configure 'del(.prevResult.routes)'
real`,
  },
  {
    id: "check-sees-no-rules",
    type: "bridge",
    breaks: "CHECK does not look at the rules of the masquerade.",
    owner: "CHK-05b",
    caught: /CHECK must fail/,
    body: `[ "$CNI_COMMAND" != CHECK ] || configure 'del(.ipMasq)'
real`,
  },
  {
    id: "check-too-early",
    type: "bridge",
    breaks: "CHECK fails until the attachment is a while old.",
    owner: "CHK-06",
    caught: /CHECK must succeed/,
    body: `file=$work/$CNI_CONTAINERID
[ "$CNI_COMMAND" != ADD ] || touch "$file"
[ "$CNI_COMMAND" != CHECK ] || [ -n "$(find "$file" -mmin +0.5 2> /dev/null)" ] || refuse 11 "not yet settled"
real`,
  },
  {
    id: "check-writes",
    type: "host-local",
    breaks: "CHECK notes on disk when it was last called.",
    owner: "CHK-08",
    caught: /checked/,
    body: `[ "$CNI_COMMAND" != CHECK ] || date +%s > /var/lib/cni/checked
real`,
  },
  {
    id: "status-wants-a-container",
    type: "bridge",
    breaks: "STATUS fails without CNI_CONTAINERID.",
    owner: "STA-07",
    caught: /STATUS must succeed/,
    body: `[ "$CNI_COMMAND" != STATUS ] || [ -n "\${CNI_CONTAINERID-}" ] || refuse 4 "CNI_CONTAINERID missing"
real`,
  },
  {
    id: "status-leases",
    type: "host-local",
    breaks: "STATUS leases an address to see whether there is one.",
    owner: "STA-06",
    caught: /networks/,
    body: `[ "$CNI_COMMAND" != STATUS ] || ! config .name || CNI_COMMAND=ADD real > /dev/null
real`,
  },
  {
    id: "status-decides-over-all",
    type: "bridge",
    breaks: "DEL is refused while STATUS says that it is not ready.",
    owner: "STA-03",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || CNI_COMMAND=STATUS real > /dev/null || refuse 50 "not ready"
real`,
  },
  {
    id: "status-unknown",
    type: "bridge",
    breaks: "It does not know STATUS.",
    owner: "STA-01",
    caught: /STATUS must succeed/,
    body: `[ "$CNI_COMMAND" != STATUS ] || refuse 4 "unknown CNI_COMMAND: STATUS"
real`,
  },
  {
    id: "always-ready",
    type: "host-local",
    breaks: "STATUS says ready while no address is left.",
    owner: "STA-02",
    caught: /STATUS must fail/,
    body: `[ "$CNI_COMMAND" != STATUS ] || ! config '.cniVersion == "1.1.0" and .name' || exit 0
real`,
  },
  {
    id: "not-ready-for-any-reason",
    type: "host-local",
    breaks: "STATUS fails with a code that does not say what it means.",
    owner: "STA-02",
    caught: /code must be 50/,
    body: `reprint_error 'if env.CNI_COMMAND == "STATUS" and .code >= 50 then .code = 999 else . end'`,
  },
  {
    id: "status-not-delegated",
    type: "bridge",
    breaks: "STATUS does not ask the delegate.",
    owner: "STA-04",
    caught: /STATUS/,
    body: `between '[ "$CNI_COMMAND" = STATUS ] || next'`,
  },
  {
    id: "status-before-its-time",
    type: "bridge",
    breaks: "STATUS is answered in versions that do not have it.",
    owner: "STA-05",
    caught: /STATUS must fail/,
    version: "0.4.0",
    body: `[ "$CNI_COMMAND" != STATUS ] || config '.cniVersion == "1.1.0"' || exit 0
real`,
  },
];
