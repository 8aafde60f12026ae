/** What `trestle show --help` says. */
export const help = `Tell what the network of this host is: networks, bridges, who is at their ports, VLANs, uplinks, leases, masquerade.

Usage:
  trestle show                        a table
  trestle show --json                 the same for programs; docs/show.md has the meaning of every key
  trestle show --graph svg > net.svg  a picture of who can talk to whom; svg, mermaid or dot
  trestle show --graph svg FILE...    a picture of several hosts, each file what --json printed there

Options:
  --bridge NAME   only this bridge and what belongs to it; may be repeated
  --host NAME     call the host so, instead of by its own name
  --cable A=B     in a picture of several hosts: these interfaces are cabled together, each HOST/INTERFACE; may be repeated
  -h, --help      show this text

Environment:
  NETCONFPATH     folder of configurations, which say where leases are (/etc/cni/net.d)
  NO_COLOR        no colours, on a terminal either

It changes nothing. What cannot be read is named, and the rest told all the same; root can read everything.

Exit code: 0 done, 1 failed, 2 wrong usage; why is on standard error.

Examples:
  trestle show
  trestle show --bridge br0
  trestle show --graph svg > network.svg
  trestle show --graph dot | dot -Tpng > network.png
  ssh node-2 trestle show --json > node-2.json; trestle show --json > node-1.json
  trestle show --graph svg --cable node-1/eth1=node-2/eth1 node-1.json node-2.json > both.svg
  trestle show --json | jq -r '.bridges[].ports[] | select(.owner) | [.name, .owner.containerId] | @tsv'
  trestle show --json | jq '.leases[] | select(.isUsed | not)'
`;
