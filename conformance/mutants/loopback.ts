/** Faults of a plugin that brings `lo` up. */
import type { Mutant } from "./mutant.ts";

const type = "loopback";

export const loopbackMutants: readonly Mutant[] = [
  {
    id: "lo-left-down",
    type,
    breaks: "It tells the addresses of lo and leaves it down.",
    owner: "LOO-01",
    caught: /lo.*up/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || inside link set lo down`,
  },
  {
    id: "interface-of-that-name-up",
    type,
    breaks: "It brings the interface up that CNI_IFNAME names.",
    owner: "LOO-02",
    caught: /eth0/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || inside link set "$CNI_IFNAME" up 2> /dev/null || true`,
  },
  {
    id: "shape-of-the-newest",
    type,
    breaks: "Its results have the shape of 1.0.0 in all versions, as the reference plugin's.",
    owner: "LOO-03a",
    caught: /the addresses must be/,
    version: "0.2.0",
    body: `reprint_result 'if .ip4 then {cniVersion, interfaces: [{name: "lo", sandbox: env.CNI_NETNS}], ips: [{interface: 0, address: .ip4.ip}]} else . end'`,
  },
  {
    id: "any-address-on-lo",
    type,
    breaks: "It accepts whatever address is on lo.",
    owner: "LOO-05a",
    caught: /must fail/,
    body: `[ "$CNI_COMMAND" != ADD ] || inside addr del 10.7.0.1/32 dev lo 2> /dev/null || inside addr del 10.7.0.1/24 dev lo 2> /dev/null || true
real`,
  },
  {
    id: "lo-left-up",
    type,
    breaks: "DEL leaves lo up.",
    owner: "LOO-08",
    caught: /lo.*down/,
    body: `real || exit
[ "$CNI_COMMAND" != DEL ] || [ -z "\${CNI_NETNS-}" ] || inside link set lo up`,
  },
  {
    id: "lo-of-the-host",
    type,
    breaks: "DEL with the host's own namespace takes the host's lo down.",
    owner: "LOO-10",
    caught: /lo of the host must stay up/,
    body: `[ "$CNI_COMMAND" != DEL ] || [ "\${CNI_NETNS-}" != /proc/self/ns/net ] || ip link set lo down
real`,
  },
  {
    id: "rule-stays",
    type,
    breaks: "It adds a routing rule for the addresses of lo, which nobody removes.",
    owner: "LOO-11",
    caught: /rules/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || inside rule add to 127.0.0.0/8 table main`,
  },
  {
    id: "check-sees-no-lo",
    type,
    breaks: "CHECK does not look at lo.",
    owner: "CHK-04d",
    caught: /CHECK must fail/,
    body: `[ "$CNI_COMMAND" != CHECK ] || ! config .prevResult || exit 0
real`,
  },
];
