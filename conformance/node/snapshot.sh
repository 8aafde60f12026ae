#!/bin/sh
# Prints the network state of a node and of its namespaces for snapshot.ts: a header line for each part, then what an
# independent tool says about it. A tool that is missing, or a kernel without that feature, leaves its part empty.
# sh -c SNAPSHOT snapshot SNAPSHOT: its own text is the argument, for running it again in the other namespaces.

part() {
  echo "=== $1"
  shift
  "$@" 2>/dev/null || true
  echo
}

settings() {
  for folder in /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf /proc/sys/net/bridge; do
    [ ! -d "$folder" ] || grep -rs . "$folder"
  done
  grep -s . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/ip_nonlocal_bind
}

network() {
  part links ip -j -d link
  part addresses ip -j addr
  part routes4 ip -j -d -4 route show table all
  part routes6 ip -j -d -6 route show table all
  part rules4 ip -j -4 rule
  part rules6 ip -j -6 rule
  part vlans bridge -j vlan show
  part neighbours ip -j neigh show nud permanent
  part proxies ip -j neigh show proxy
  part bridgePorts bridge -j -d link
  part queues tc -j qdisc show
  part filters tc -j filter show
  part nftables nft -j list ruleset
  part iptables iptables-save
  part ip6tables ip6tables-save
  part settings settings
}

if [ "$2" = --inside ]; then
  network
  exit
fi

echo "##"
network
for mount in /run/netns/*; do
  name=${mount##*/}
  # An ordinary file in /run/netns is a namespace that is gone; the list of files shows it.
  nsenter --net="$mount" true 2>/dev/null || continue
  echo "## $name"
  nsenter --net="$mount" sh -c "$1" snapshot "$1" --inside
done
