/** Faults of a bridge with VLANs. Most are seen only where the kernel has them: conformance/lab/tests/vlan-mutants.test.ts. */
import { ignoring } from "./ignoring.ts";
import type { Mutant } from "./mutant.ts";

const type = "bridge";

/** The host's end of the pair that an ADD made, after it succeeded: $port. */
function afterAdd(script: string): string {
  return `printed=$(real)
code=$?
printf %s "$printed"
[ "$CNI_COMMAND$code" != ADD0 ] || {
  port=$(printf %s "$printed" | jq -r '.interfaces[1].name')
  ${script}
}
exit "$code"`;
}

export const bridgeVlanMutants: readonly Mutant[] = [
  {
    id: "wrong-vlan-ignored",
    type,
    breaks: "A vlan that is none is passed over.",
    owner: "BRG-90a",
    caught: /ADD must fail/,
    body: `configure 'if (.vlan // 0) < 0 or (.vlan // 0) > 4094 then del(.vlan) else . end'
real`,
  },
  {
    id: "half-a-range-ignored",
    type,
    breaks: "A range of a trunk with one end is passed over.",
    owner: "BRG-90b",
    caught: /ADD must fail/,
    body: `configure 'if .vlanTrunk then .vlanTrunk |= map(select(has("minID") == has("maxID"))) else . end'
configure 'if .vlanTrunk == [] then del(.vlanTrunk) else . end'
real`,
  },
  {
    id: "vlan-of-zero-refused",
    type,
    breaks: "A vlan of 0 is an error.",
    owner: "BRG-90c",
    caught: /ADD of a valid configuration must succeed/,
    body: `! config '.vlan == 0' || refuse 7 "no such VLAN"
real`,
  },
  ignoring({
    type,
    id: "vlan-ignored",
    path: ".vlan",
    owner: "BRG-91a",
    caught: /vlan_filtering of the bridge/,
  }),
  {
    id: "default-vlan-always-kept",
    type,
    breaks: "Its ports keep the default VLAN whatever preserveDefaultVlan says.",
    owner: "BRG-91b",
    caught: /VLANs without it/,
    body: `configure '.preserveDefaultVlan = true'
real`,
  },
  {
    id: "vlans-not-kept-apart",
    type,
    breaks: "Its bridge does not filter, though its ports have VLANs.",
    owner: "BRG-91c",
    caught: /a container of another VLAN must not be reached/,
    body: afterAdd("ip link set cnibr0 type bridge vlan_filtering 0"),
  },
  {
    id: "trunk-untagged",
    type,
    breaks: "The VLANs of its trunks leave without tags.",
    owner: "BRG-92a",
    caught: /VLANs of the port/,
    body: afterAdd('bridge vlan add dev "$port" vid 101 untagged'),
  },
  ignoring({ type, id: "trunk-ignored", path: ".vlanTrunk", owner: "BRG-92b", caught: /VLANs of the port/ }),
  {
    id: "first-of-a-trunk-alone",
    type,
    breaks: "Of a trunk it knows the first item.",
    owner: "BRG-92c",
    caught: /VLANs of the port/,
    body: `configure 'if .vlanTrunk then .vlanTrunk |= .[:1] else . end'
real`,
  },
  {
    id: "empty-trunk-ignored",
    type,
    breaks: "An empty trunk is none.",
    owner: "BRG-92d",
    caught: /vlan_filtering of the bridge/,
    body: `configure 'if .vlanTrunk == [] then del(.vlanTrunk) else . end'
real`,
  },
  {
    id: "trunk-of-all-vlans",
    type,
    breaks: "A trunk has one VLAN more than it was asked for.",
    owner: "BRG-92e",
    caught: /a VLAN that the trunk does not have must not be reached/,
    body: `configure 'if .vlanTrunk then .vlanTrunk += [{id: 102}] else . end'
real`,
  },
  {
    id: "gateway-of-a-vlan-not-told",
    type,
    breaks: "Its result does not have the gateway's interface of a VLAN.",
    owner: "BRG-93b",
    caught: /the number of interfaces/,
    body: `reprint_result 'if .interfaces then .interfaces |= .[:3] else . end'`,
  },
  {
    id: "gateway-of-a-vlan-goes-with-the-first",
    type,
    breaks: "DEL takes the gateway of a VLAN from the other containers.",
    owner: "BRG-93c",
    caught: /10\.88\.0\.1/,
    body: `real || exit
[ "$CNI_COMMAND" != DEL ] || ip link del cnibr0.100`,
  },
  {
    id: "no-default-route-in-a-vlan",
    type,
    breaks: "A container in a VLAN gets no default route.",
    owner: "BRG-93d",
    caught: /must/,
    body: `configure 'if .vlan and .isDefaultGateway then .isGateway = true | del(.isDefaultGateway) else . end'
real`,
  },
  {
    id: "check-knows-no-vlans",
    type,
    breaks: "CHECK looks for the gateway on the bridge itself.",
    owner: "BRG-93e",
    caught: /CHECK must succeed/,
    body: `[ "$CNI_COMMAND" != CHECK ] || configure 'del(.vlan)'
real`,
  },
  {
    id: "vlan-passed-over-in-silence",
    type,
    breaks: "A bridge that does not filter stays so, and the container is in no VLAN.",
    owner: "BRG-94",
    caught: /vlan_filtering of the bridge/,
    body: `! ip -d link show cnibr0 2> /dev/null | grep -q 'vlan_filtering 0' || configure 'del(.vlan)'
real`,
  },
];
