# What floor.c finds when it starts: a bridge with its addresses, a folder for leases, and a table with rules that never
# change. A plugin makes these once; neither it nor the floor makes them in a measured run.
# usage: prepare-floor.sh BRIDGE FOLDER MASQ GATEWAY4 [GATEWAY6]
set -eu
bridge=$1 folder=$2 masq=$3 gateway4=$4 gateway6=${5:-}

mkdir -p "$folder"
ip link add "$bridge" type bridge
ip addr add "$gateway4/24" dev "$bridge"
[ -z "$gateway6" ] || ip addr add "$gateway6/64" dev "$bridge" nodad
ip link set "$bridge" up

[ "$masq" = 1 ] || exit 0
nft -f - <<RULES
table inet trestle_floor {
  set leases4 { type ipv4_addr
  }
  set leases6 { type ipv6_addr
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr @leases4 ip daddr != { ${gateway4%.*}.0/24, 224.0.0.0/4 } masquerade
    ip6 saddr @leases6 ip6 daddr != { ${gateway6:-fd00::}/64, ff00::/8 } masquerade
  }
}
RULES
