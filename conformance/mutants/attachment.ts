/** Faults in making and unmaking an attachment: ADD, DEL. */
import type { Mutant } from "./mutant.ts";

export const attachmentMutants: readonly Mutant[] = [
  {
    id: "result-of-nothing",
    type: "bridge",
    breaks: "It prints a result without an interface behind it.",
    owner: "ADD-01",
    caught: /must make "eth0" in the container/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || inside link del "$CNI_IFNAME"`,
  },
  {
    id: "interface-left-down",
    type: "bridge",
    breaks: "It leaves the container's interface down.",
    owner: "BRG-24",
    caught: /one must reach/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || inside link set "$CNI_IFNAME" down`,
  },
  {
    id: "address-not-assigned",
    type: "bridge",
    breaks: "It tells an address that the interface does not have.",
    owner: "ADD-01",
    caught: /10\.88\.0\.2/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || inside addr flush dev "$CNI_IFNAME"`,
  },
  {
    id: "existing-interface-replaced",
    type: "bridge",
    breaks: "An interface that has the name already is deleted.",
    owner: "ADD-02",
    caught: /must fail/,
    body: `[ "$CNI_COMMAND" != ADD ] || inside link del "$CNI_IFNAME" 2> /dev/null
real`,
  },
  {
    id: "existing-interface-deleted-by-cleanup",
    type: "bridge",
    breaks: "Cleaning up after a failed ADD, it deletes an interface that it did not make.",
    owner: "ADD-02",
    caught: /eth0/,
    body: `real && exit
[ "$CNI_COMMAND" != ADD ] || inside link del "$CNI_IFNAME" 2> /dev/null
exit 1`,
  },
  {
    id: "one-interface-per-container",
    type: "bridge",
    breaks: "It refuses a second interface of the same container.",
    owner: "ADD-03",
    caught: /must succeed/,
    body: `[ "$CNI_COMMAND" != ADD ] || ! grep -q -r "^$CNI_CONTAINERID" /var/lib/cni 2> /dev/null || refuse 100 "there is an interface already"
real`,
  },
  {
    id: "failed-add-leaves-an-interface",
    type: "bridge",
    breaks: "It leaves the interface of an ADD that failed.",
    owner: "ADD-07",
    caught: /left0/,
    body: `real && exit
[ "$CNI_COMMAND" != ADD ] || inside link add "$CNI_IFNAME" type veth peer name left0
exit 1`,
  },
  {
    id: "failed-add-leaves-a-lease",
    type: "bridge",
    breaks: "It keeps the address of an ADD that failed.",
    owner: "ADD-05",
    caught: /\/var\/lib\/cni\/networks\/conformance\/10/,
    body: `real && exit
[ "$CNI_COMMAND" != ADD ] || "\${plugin%/*}/host-local" < "$input" > /dev/null
exit 1`,
  },
  {
    id: "late-failure-keeps-the-address",
    type: "bridge",
    breaks: "It does not give an address back when something fails after its delegate.",
    owner: "ADD-07b",
    caught: /DEL/,
    body: `[ "$CNI_COMMAND" = ADD ] || { real; exit; }
between '[ "$CNI_COMMAND" != DEL ] || [ ! -e "$0.given" ] || exit 0
next || exit
: > "$0.given"'`,
  },
  {
    id: "wrong-name-inside",
    type: "bridge",
    breaks: "Its interface is always eth0.",
    owner: "ADD-01b",
    caught: /net-7\.x/,
    body: `CNI_IFNAME=eth0 real`,
  },
  {
    id: "same-name-again",
    type: "bridge",
    breaks: "It takes the interface of another container's attachment for its own.",
    owner: "ADD-02b",
    caught: /must fail/,
    body: `[ "$CNI_COMMAND" != ADD ] || ! inside link show "$CNI_IFNAME" > /dev/null 2>&1 || inside link set "$CNI_IFNAME" name old0
real`,
  },
  {
    id: "not-in-a-chain",
    type: "bridge",
    breaks: "It refuses to come after another plugin.",
    owner: "ADD-04",
    caught: /must succeed/,
    body: `[ "$CNI_COMMAND" != ADD ] || ! config .prevResult || refuse 7 "unexpected prevResult"
real`,
  },
  {
    id: "failed-add-needs-a-result",
    type: "bridge",
    breaks: "DEL after a failed ADD fails, because there is no lease to give back.",
    owner: "ADD-08",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || config .prevResult || inside link show "$CNI_IFNAME" > /dev/null 2>&1 || refuse 5 "nothing to delete"
real`,
  },
  {
    id: "leaves-a-log",
    type: "bridge",
    breaks: "It writes a log below /run.",
    owner: "ADD-09",
    caught: /\/run\/bridge\.log/,
    body: `echo "$CNI_COMMAND $CNI_CONTAINERID" >> /run/bridge.log
real`,
  },
  {
    id: "leaves-a-table-each",
    type: "bridge",
    breaks: "It leaves an nf_tables table for each container, whose name does not tell whose it is.",
    owner: "ADD-09",
    caught: /stays of each container:\s+\+ network \/ nftables \/ ip leak_\d+/,
    body: `[ "$CNI_COMMAND" != ADD ] || nft add table ip "leak_$(number_of_container)"
real`,
  },
  {
    id: "leaves-a-chain-each",
    type: "bridge",
    breaks: "It leaves a chain of iptables for each container, whose name does not tell whose it is.",
    owner: "ADD-09",
    caught: /stays of each container:[^]*LEAK-\d+/,
    body: `[ "$CNI_COMMAND" != ADD ] || iptables -t nat -N "LEAK-$(number_of_container)"
real`,
  },
  {
    id: "leaves-a-rule-each",
    type: "bridge",
    breaks: "It adds the same rule to a shared chain for each container.",
    owner: "ADD-09",
    caught: /stays of each container:\s+~ network \/ nftables \/ ip shared \/ chain each \/ rules/,
    body: `[ "$CNI_COMMAND" != ADD ] || nft "add table ip shared; add chain ip shared each; add rule ip shared each counter accept"
real`,
  },
  {
    id: "leaves-an-element-each",
    type: "bridge",
    breaks: "It leaves an element in a set of its own.",
    owner: "ADD-09",
    caught: /something stayed:\s+\+ network \/ nftables \/ ip shared: /,
    body: `[ "$CNI_COMMAND" != ADD ] || nft "add table ip shared; add set ip shared each { type mark; }; add element ip shared each { $(number_of_container) }"
real`,
  },
  {
    id: "leaves-a-state-file-each",
    type: "host-local",
    breaks: "It leaves a file below /var/lib for each container.",
    owner: "ADD-09",
    caught: /\/var\/lib\/leak\/container-one/,
    body: `mkdir -p /var/lib/leak
touch "/var/lib/leak/$CNI_CONTAINERID"
real`,
  },
  {
    id: "leaves-a-setting-each",
    type: "loopback",
    breaks: "It leaves a file in /etc for each container.",
    owner: "ADD-09",
    caught: /\/etc\/leak\.container-one/,
    body: `touch "/etc/leak.$CNI_CONTAINERID"
real`,
  },
  {
    id: "not-in-parallel",
    type: "bridge",
    breaks: "It fails while another ADD runs.",
    owner: "ADD-06",
    caught: /must succeed/,
    body: `[ "$CNI_COMMAND" = ADD ] || { real; exit; }
mkdir "$work/busy" 2> /dev/null || refuse 11 "busy"
real
code=$?
rmdir "$work/busy"
exit "$code"`,
  },
  {
    id: "second-del-fails",
    type: "bridge",
    breaks: "DEL of what is gone fails.",
    owner: "DEL-01",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || inside link show "$CNI_IFNAME" > /dev/null 2>&1 || refuse 5 "no such interface"
real`,
  },
  {
    id: "del-needs-the-namespace",
    type: "bridge",
    breaks: "DEL fails when the path of the namespace is gone.",
    owner: "DEL-02",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || [ -z "\${CNI_NETNS-}" ] || [ -e "$CNI_NETNS" ] || refuse 5 "no such namespace"
real`,
  },
  {
    id: "del-needs-a-path",
    type: "host-local",
    breaks: "DEL fails without CNI_NETNS.",
    owner: "ENV-02b",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || [ -n "\${CNI_NETNS-}" ] || refuse 4 "CNI_NETNS missing"
real`,
  },
  {
    id: "del-needs-the-result",
    type: "bridge",
    breaks: "DEL fails without prevResult.",
    owner: "DEL-02c",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || config .prevResult || refuse 7 "prevResult missing"
real`,
  },
  {
    id: "lease-outlives-the-namespace",
    type: "bridge",
    breaks: "DEL without a namespace does nothing, so the address stays reserved.",
    owner: "DEL-02",
    caught: /leases must be \[\]/,
    body: `[ "$CNI_COMMAND" != DEL ] || [ -e "\${CNI_NETNS-}" ] || exit 0
real`,
  },
  {
    id: "rules-outlive-the-namespace",
    type: "bridge",
    breaks: "DEL without a namespace releases the address alone, masquerading stays.",
    owner: "DEL-03",
    caught: /something stayed/,
    body: `[ "$CNI_COMMAND" != DEL ] || [ -e "\${CNI_NETNS-}" ] || { "$(delegate)" < "$input"; exit; }
real`,
  },
  {
    id: "interface-outlives-del",
    type: "bridge",
    breaks: "DEL releases the address and leaves the pair.",
    owner: "DEL-01",
    caught: /DEL must remove "eth0"/,
    body: `[ "$CNI_COMMAND" != DEL ] || { "$(delegate)" < "$input"; exit; }
real`,
  },
  {
    id: "delegates-del-swallowed",
    type: "bridge",
    breaks: "DEL succeeds although its delegate's DEL failed.",
    owner: "DEL-05",
    caught: /DEL must fail/,
    body: `[ "$CNI_COMMAND" = DEL ] || { real; exit; }
real > /dev/null || true`,
  },
  {
    id: "del-reads-arguments",
    type: "bridge",
    breaks: "DEL fails for an argument that it does not know.",
    owner: "DEL-06",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || case \${CNI_ARGS-} in *[!=]=*) refuse 4 "unknown args" ;; esac
real`,
  },
  {
    id: "del-of-strangers-fails",
    type: "host-local",
    breaks: "DEL of what was never added fails.",
    owner: "DEL-01b",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || grep -q -r "^$CNI_CONTAINERID" /var/lib/cni 2> /dev/null || refuse 3 "unknown container"
real`,
  },
  {
    id: "del-needs-the-interface",
    type: "bridge",
    breaks: "DEL stops where the interface is gone, and the address stays reserved.",
    owner: "DEL-02b",
    caught: /leases must be \[\]/,
    body: `[ "$CNI_COMMAND" != DEL ] || inside link show "$CNI_IFNAME" > /dev/null 2>&1 || exit 0
real`,
  },
  {
    id: "del-fails-after-a-reboot",
    type: "bridge",
    breaks: "DEL fails where the path of the namespace is a plain file.",
    owner: "DEL-02d",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || [ ! -e "\${CNI_NETNS-}" ] || inside link > /dev/null 2>&1 || refuse 5 "cannot open the namespace"
real`,
  },
  {
    id: "del-knows-its-own-result-only",
    type: "bridge",
    breaks: "DEL refuses a result to which a later plugin added something.",
    owner: "DEL-04",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || ! config '.prevResult.interfaces | length > 3' || refuse 7 "unexpected interfaces"
real`,
  },
  {
    id: "del-stops-at-the-delegate",
    type: "bridge",
    breaks: "DEL removes nothing where its delegate fails.",
    owner: "DEL-05b",
    caught: /interface must be gone/,
    body: `[ "$CNI_COMMAND" != DEL ] || "$(delegate)" < "$input" > /dev/null || refuse 5 "the IPAM plugin failed"
real`,
  },
  {
    id: "del-takes-the-network",
    type: "host-local",
    breaks: "DEL of one container releases the addresses of all.",
    owner: "DEL-07",
    caught: /leases/,
    body: `[ "$CNI_COMMAND" != DEL ] || rm -f /var/lib/cni/networks/*/10.*
real`,
  },
  {
    id: "del-by-namespace-only",
    type: "bridge",
    breaks: "DEL without CNI_NETNS leaves the host's end of a pair that is still there.",
    owner: "BRG-73c",
    caught: /veth/,
    body: `[ "$CNI_COMMAND" != DEL ] || [ -n "\${CNI_NETNS-}" ] || { "$(delegate)" < "$input"; exit; }
real`,
  },
  {
    id: "host-link-outlives-the-namespace",
    type: "bridge",
    breaks: "A link that it makes on the host for each container stays when the namespace goes before DEL.",
    owner: "DEL-08",
    caught: /links on the host/,
    body: `link=x\${CNI_CONTAINERID#container-}
case $CNI_COMMAND in
  ADD) ip link add "$link" type veth peer name "y$link" ;;
  DEL) [ ! -e "\${CNI_NETNS-}" ] || ip link del "$link" 2> /dev/null ;;
esac
real`,
  },
  {
    id: "waits-for-nothing",
    type: "loopback",
    breaks: "It sleeps before it looks whether the interface is up.",
    owner: "LAT-01",
    caught: /ADD took/,
    body: `[ "$CNI_COMMAND" != ADD ] || sleep 6
real`,
  },
];
