#!/bin/bash
# Attaches 200 containers to 20 VLANs of one bridge, one after the other, and compares the time of the last ADDs with that of the
# first; then takes them away again and looks at what is left. Where the kernel has no VLANs, in the lab:
#   make lab-shell RUN=conformance/lab/vlan-scale.sh
set -eu
bin=$PWD/dist/bin
work=$(mktemp -d)
ip netns add scale-host
clean() {
  for name in scale-host $(seq -f scale-%.0f 0 199); do ip netns delete "$name" 2> /dev/null || true; done
  rm -rf "$work"
}
trap clean EXIT

request() { # COMMAND NUMBER
  local vlan=$((10 + $2 % 20))
  ip netns exec scale-host env CNI_COMMAND="$1" CNI_CONTAINERID="c$2" CNI_NETNS="/run/netns/scale-$2" CNI_IFNAME=eth0 CNI_PATH="$bin" \
    "$bin/bridge" > "$work/answer" << END || { cat "$work/answer"; exit 1; }
{ "cniVersion": "1.1.0", "name": "scale$vlan", "type": "bridge", "bridge": "br0", "vlan": $vlan, "isDefaultGateway": true, "ipMasq": true,
  "ipam": { "type": "host-local", "dataDir": "$work/leases", "ranges": [[{ "subnet": "10.1.$vlan.0/24" }]] } }
END
}

for number in $(seq 0 199); do ip netns add "scale-$number"; done
for number in $(seq 0 199); do
  begin=$(date +%s%N)
  request ADD "$number"
  echo $((($(date +%s%N) - begin) / 1000))
done > "$work/times"

median() { sort -n | sed -n "$((($1 + 1) / 2))p"; }
# The first twenty make their VLANs, so the next twenty are what the last are compared with.
first=$(sed -n 21,40p "$work/times" | median 20)
last=$(tail -n 20 "$work/times" | median 20)
echo "ADD, microseconds: $first for the 21st to 40th container, $last for the last 20, $((100 * last / first)) %"
ip netns exec scale-host bridge vlan show | awk '/^veth/ {vlans[$2]++} END {for (id in vlans) print vlans[id]}' | sort | uniq -c |
  sed 's/^ *\([0-9]*\) \([0-9]*\)$/\1 VLANs of \2 containers/'
ip netns exec scale-199 ping -c1 -W2 -q 10.1.29.1 > /dev/null && echo "the last container reaches its gateway"
for number in $(seq 0 199); do request DEL "$number"; done
ip netns exec scale-host ip -br link
[ $((100 * last / first)) -le 130 ]
