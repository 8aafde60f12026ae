#!/bin/bash
# Measures what 200 attachments in 20 VLANs of one bridge cost the next one. Where the kernel has no VLANs, in the lab: make bench-vlans
#
# Two hosts, one with 20 attachments and one with 200. On each in turn one more comes and goes, so that a noisy machine is noisy for
# both; compared are the medians. Then everything goes, and what is left is looked at.
set -eu
bin=$PWD/dist/bin
vlans=20 few=20 many=200 rounds=40 bound=1300
work=$(mktemp -d)

clean() {
  ip -all netns delete 2> /dev/null || true
  rm -rf "$work"
}
[ -z "$(ip netns list)" ] || { echo "this host has network namespaces; the measurement needs one of its own" >&2; exit 2; }
trap clean EXIT

request() { # COMMAND HOST NUMBER
  local vlan=$((10 + $3 % vlans))
  ip netns exec "$2" env CNI_COMMAND="$1" CNI_CONTAINERID="c$3" CNI_NETNS="/run/netns/$2-$3" CNI_IFNAME=eth0 CNI_PATH="$bin" \
    "$bin/bridge" > "$work/answer" << END || { cat "$work/answer"; exit 1; }
{ "cniVersion": "1.1.0", "name": "scale$vlan", "type": "bridge", "bridge": "br0", "vlan": $vlan, "isDefaultGateway": true, "ipMasq": true,
  "ipam": { "type": "host-local", "dataDir": "$work/$2", "ranges": [[{ "subnet": "10.1.$vlan.0/24" }]] } }
END
}

timed() { # FILE COMMAND HOST NUMBER: appends how many microseconds it took
  local begin
  begin=$(date +%s%N)
  request "$2" "$3" "$4"
  echo $((($(date +%s%N) - begin) / 1000)) >> "$work/$1"
}

percentile() { # PERCENT, of the numbers on stdin
  sort -n > "$work/sorted"
  sed -n "$((($(wc -l < "$work/sorted") * $1 + 99) / 100))p" "$work/sorted"
}

row() { # LABEL FILE
  printf '%-42s %10d %10d\n' "$1" "$(percentile 50 < "$work/$2")" "$(percentile 95 < "$work/$2")"
}

attach_all() { # HOST COUNT
  ip netns add "$1"
  for number in $(seq 0 "$2"); do ip netns add "$1-$number"; done
  for number in $(seq 0 $(($2 - 1))); do timed "in-order-$1" ADD "$1" "$number"; done
}

detach_all() { # HOST COUNT
  for number in $(seq 0 $(($2 - 1))); do request DEL "$1" "$number"; done
}

attach_all few "$few"
attach_all many "$many"
ip netns exec many bridge vlan show | awk '/^veth/ {vlans[$2]++} END {for (id in vlans) print vlans[id]}' | sort | uniq -c |
  sed 's/^ *\([0-9]*\) \([0-9]*\)$/\1 VLANs of \2 containers/'
ip netns exec "many-$((many - 1))" ping -c1 -W2 -q "10.1.$((10 + (many - 1) % vlans)).1" > /dev/null
echo "the last container reaches its gateway"

for round in $(seq 1 "$rounds"); do
  # Whoever comes second finds caches warm.
  if ((round % 2)); then order=(few many); else order=(many few); fi
  for host in "${order[@]}"; do timed "add-$host" ADD "$host" "${!host}"; done
  for host in "${order[@]}"; do timed "del-$host" DEL "$host" "${!host}"; done
done

printf '%-42s %10s %10s\n' microseconds p50 p95
row "ADD, the first $few, which make the VLANs" in-order-few
tail -n "$few" "$work/in-order-many" > "$work/last"
row "ADD, the last $few of $many" last
row "ADD beside $few" add-few
row "ADD beside $many" add-many
row "DEL beside $few" del-few
row "DEL beside $many" del-many
ratio=$((1000 * $(percentile 50 < "$work/add-many") / $(percentile 50 < "$work/add-few")))
verdict=kept
[ "$ratio" -lt "$bound" ] || verdict=missed
printf 'ADD beside %d / beside %d: %d.%03d, bound 1.3 %s\n' "$many" "$few" $((ratio / 1000)) $((ratio % 1000)) "$verdict"

detach_all few "$few"
detach_all many "$many"
left=$(ip netns exec many ip -br link show | grep -vE '^(lo|br0) ' || true)
[ -z "$left" ] || { echo "left behind: $left" >&2; exit 1; }
echo "nothing is left but the bridge"
[ "$verdict" = kept ]
