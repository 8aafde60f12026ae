/** Faults of a plugin that makes a bridge and pairs of veth. */
import { ignoring } from "./ignoring.ts";
import type { Mutant } from "./mutant.ts";

const type = "bridge";

export const bridgeMutants: readonly Mutant[] = [
  ignoring({ type, id: "mtu-ignored", path: ".mtu", owner: "BRG-07a", caught: /1400/ }),
  ignoring({
    type,
    id: "mac-of-the-network-ignored",
    path: ".args.cni.mac",
    owner: "BRG-08b",
    caught: /the MAC address of the container/,
  }),
  ignoring({
    type,
    id: "mac-ignored",
    path: ".runtimeConfig.mac",
    owner: "CAP-01",
    caught: /MAC address must be "02:00:5e:10:00:21"/,
  }),
  ignoring({
    type,
    id: "mac-of-the-network-first",
    path: ".runtimeConfig.mac",
    owner: "ARG-07",
    caught: /MAC address must be "02:00:5e:10:00:03"/,
  }),
  ignoring({ type, id: "hairpin-ignored", path: ".hairpinMode", owner: "BRG-20a", caught: /hairpin/ }),
  ignoring({ type, id: "promiscuity-ignored", path: ".promiscMode", owner: "BRG-21", caught: /promisc/i }),
  ignoring({ type, id: "isolation-ignored", path: ".portIsolation", owner: "BRG-23a", caught: /isolated/ }),
  ignoring({
    type,
    id: "gateway-key-ignored",
    path: ".isGateway",
    owner: "BRG-30a",
    caught: /addresses of the bridge/,
  }),
  ignoring({ type, id: "force-ignored", path: ".forceAddress", owner: "BRG-32b", caught: /must succeed/ }),
  ignoring({
    type,
    id: "default-route-ignored",
    path: ".isDefaultGateway",
    owner: "BRG-35a",
    caught: /route/,
  }),
  ignoring({
    type,
    id: "masquerade-ignored",
    path: ".ipMasq",
    owner: "BRG-60a",
    caught: /the source with ipMasq must be/,
  }),
  ignoring({
    type,
    id: "unknown-backend-ignored",
    path: ".ipMasqBackend",
    owner: "BRG-62c",
    caught: /must fail/,
  }),
  ignoring({ type, id: "guard-ignored", path: ".macspoofchk", owner: "BRG-50a", caught: /forged frames/ }),
  {
    id: "bridge-follows-its-ports",
    type,
    breaks: "Its bridge has the MAC address of the port that came last.",
    owner: "BRG-04a",
    caught: /the bridge's MAC address with a second container/,
    body: `real || exit
last=$(ip -o link show master cnibr0 2> /dev/null | grep -o 'ether [0-9a-f:]*' | sed -n '$s/ether //p')
[ -z "$last" ] || ip link set dev cnibr0 address "$last"`,
  },
  {
    id: "link-of-that-name-replaced",
    type,
    breaks: "A link that has the bridge's name and is not a bridge is deleted.",
    owner: "BRG-03a",
    caught: /must fail/,
    body: `name=$(jq -r .bridge < "$input" 2> /dev/null)
[ "$CNI_COMMAND" != ADD ] || ip -o link show type bridge | grep -q " $name:" || ip link del "$name" 2> /dev/null
real`,
  },
  {
    id: "bridge-goes-with-the-last",
    type,
    breaks: "DEL of the last container deletes the bridge.",
    owner: "BRG-06",
    caught: /no link "cnibr0"/,
    body: `real || exit
[ "$CNI_COMMAND" != DEL ] || [ -n "$(ip -o link show master cnibr0)" ] || ip link del cnibr0`,
  },
  {
    id: "no-forwarding",
    type,
    breaks: "Its gateway does not forward.",
    owner: "BRG-31a",
    caught: /forward/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || echo 0 > /proc/sys/net/ipv4/ip_forward`,
  },
  {
    id: "host-end-down",
    type,
    breaks: "The host's end of the pair is down.",
    owner: "BRG-24",
    caught: /host end .* must be up/,
    body: `printed=$(real)
code=$?
printf %s "$printed"
[ "$CNI_COMMAND$code" != ADD0 ] || ip link set dev "$(printf %s "$printed" | jq -r '.interfaces[1].name')" down
exit "$code"`,
  },
  {
    id: "other-order-of-interfaces",
    type,
    breaks: "Its result has the host's end before the bridge.",
    owner: "BRG-40a",
    caught: /names and sandboxes of the result/,
    body: `reprint_result 'if .interfaces then .interfaces |= [.[1], .[0], .[2]] else . end'`,
  },
  {
    id: "bridge-without-its-address",
    type,
    breaks: "Its result has the MAC address that the bridge had before it got a port.",
    owner: "BRG-40b",
    caught: /MAC addresses of the result/,
    body: `reprint_result 'if .interfaces then .interfaces[0].mac = "02:00:00:00:00:01" else . end'`,
  },
  {
    id: "no-broadcast-address",
    type,
    breaks: "Its addresses have no broadcast address.",
    owner: "BRG-13c",
    caught: /broadcast/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || {
  address=$(inside -o -4 addr show dev "$CNI_IFNAME" | awk '{print $4}')
  inside addr del "$address" dev "$CNI_IFNAME"
  inside addr add "$address" dev "$CNI_IFNAME"
}`,
  },
  {
    id: "no-announcements",
    type,
    breaks: "Its containers do not announce a new MAC address.",
    owner: "BRG-11c",
    caught: /No packet matched/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || nsenter --net="$CNI_NETNS" sh -c 'echo 0 > "/proc/sys/net/ipv4/conf/$CNI_IFNAME/arp_notify"'`,
  },
  {
    id: "route-metrics-not-set",
    type,
    breaks: "It tells the MTU of a route and does not set it.",
    owner: "BRG-36e",
    caught: /the route's metrics/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || inside route show | grep ' mtu ' | sed 's/ mtu [0-9]*//; s/ advmss [0-9]*//' | while read -r route; do
  inside route del \${route%% *}
  inside route add $route
done`,
  },
  {
    id: "del-takes-any-interface",
    type,
    breaks: "DEL deletes the interface of that name, whoever's it is.",
    owner: "BRG-72a",
    caught: /DEL removed the interface/,
    body: `[ "$CNI_COMMAND" != DEL ] || inside link del "$CNI_IFNAME" 2> /dev/null
real`,
  },
  {
    id: "del-on-the-host",
    type,
    breaks: "DEL without a namespace deletes the host's interface of that name.",
    owner: "BRG-72d",
    caught: /no link "eth0"/,
    body: `[ "$CNI_COMMAND" != DEL ] || [ -e "\${CNI_NETNS-}" ] || ip link del "$CNI_IFNAME" 2> /dev/null
real`,
  },
  {
    id: "del-needs-the-bridge",
    type,
    breaks: "DEL fails when the bridge is gone.",
    owner: "BRG-71b",
    caught: /DEL must succeed/,
    body: `[ "$CNI_COMMAND" != DEL ] || ip link show cnibr0 > /dev/null 2>&1 || refuse 5 "no such bridge"
real`,
  },
  {
    id: "check-minds-listeners",
    type,
    breaks: "CHECK fails while somebody listens on the bridge.",
    owner: "BRG-83a",
    caught: /CHECK must succeed/,
    body: `[ "$CNI_COMMAND" != CHECK ] || ! ip link show cnibr0 | grep -q PROMISC || refuse 100 "unexpected promiscuity"
real`,
  },
  {
    id: "check-switches-forwarding-on",
    type,
    breaks: "CHECK switches forwarding on instead of telling that it is off.",
    owner: "BRG-81m",
    caught: /CHECK must fail/,
    body: `[ "$CNI_COMMAND" != CHECK ] || echo 1 > /proc/sys/net/ipv4/ip_forward
real`,
  },
  {
    id: "check-sees-no-gateway",
    type,
    breaks: "CHECK does not look at the bridge's address.",
    owner: "BRG-81j",
    caught: /CHECK must fail/,
    body: `[ "$CNI_COMMAND" != CHECK ] || configure 'del(.isGateway, .isDefaultGateway)'
real`,
  },
];
