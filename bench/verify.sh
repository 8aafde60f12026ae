# Refuses to compare what is not the same job: after ADD the container must be connected, after DEL nothing may be left.
# usage: verify.sh attached|gone NETNS BRIDGE FOLDER MASQ GATEWAY4 [GATEWAY6]
set -eu
state=$1 netns=$2 bridge=$3 folder=$4 masq=$5
shift 5

fail() {
  echo "$*"
  exit 1
}

leases() {
  ls "$folder" | grep -v -e '^lock$' -e '^last_reserved_ip' || true
}

inside() {
  nsenter --net="$netns" "$@"
}

# A plugin may leave its gateway's IPv6 address to duplicate detection, which takes a second on the first ADD.
answers() {
  command -v ping >/dev/null || return 0
  for _ in 1 2 3 4 5 6; do
    inside ping -q -c 1 -W 1 "$1" >/dev/null 2>&1 && return 0
    sleep 0.5
  done
  return 1
}

attached() {
  for gateway; do
    case $gateway in *:*) family=-6 ;; *) family=-4 ;; esac
    address=$(inside ip -o $family addr show dev eth0 scope global | sed -n 's|.* inet6\{0,1\} \([^/]*\)/.*|\1|p')
    [ -n "$address" ] || fail "eth0 has no address for the gateway $gateway"
    [ -e "$folder/$address" ] || fail "no lease for $address"
    inside ip $family route show default | grep -q "via $gateway " || fail "no default route by way of $gateway"
    answers "$gateway" || fail "$gateway does not answer"
    [ "$masq" = 0 ] || nft list ruleset | grep -q -F "$address" || fail "no masquerade rule or element names $address"
  done
  [ "$(ip -o link show master "$bridge" | wc -l)" = 1 ] || fail "$bridge has not exactly one port"
}

gone() {
  [ -z "$(leases)" ] || fail "leases are left: $(leases)"
  [ -z "$(ip -o link show master "$bridge")" ] || fail "links are left on $bridge"
  # The rules that stay name the subnet, 10.1.2.0/24, or the gateway; what names an address below it is left over.
  [ "$masq" = 0 ] || ! nft list ruleset | grep -E "${1%.*}\.([2-9]|[1-9][0-9]+)\b" || fail "masquerade is left"
}

"$state" "$@"
