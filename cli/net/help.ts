/** What `trestle net --help` says. */
export const help = `Attach network namespaces to networks, check and detach them, as a container runtime does. A drop-in for cnitool.

Usage:
  trestle net add NETWORK NETNS       attach the namespace; prints the result
  trestle net check NETWORK NETNS     is everything still as it was added?
  trestle net del NETWORK NETNS       detach it; may be repeated, also when the namespace is gone
  trestle net gc NETWORK [NETNS]      detach everything of the network that is not kept: all of it without --keep
  trestle net status NETWORK [NETNS]  could an attachment be added now?

  NETWORK                     "name" of a network in the folder of configurations
  NETNS                       path of a network namespace: /run/netns/demo

Options:
  -i, --ifname NAME           interface in the container (CNI_IFNAME, or else eth0)
  --keep CONTAINERID/IFNAME   for gc: an attachment to leave alone; may be repeated
  --json                      print JSON, errors too, for programs
  -h, --help                  show this text

Environment:
  NETCONFPATH                 folder of configurations (/etc/cni/net.d)
  CNI_PATH                    folders of plugins, joined by : (/opt/cni/bin)
  CNI_IFNAME                  interface in the container (eth0)
  CNI_ARGS                    arguments for plugins: "IgnoreUnknown=1;IP=10.1.0.9"
  CAP_ARGS                    values for capabilities, a JSON object: {"mac":"02:00:00:00:00:01"}

Where standard output is a terminal it is told in words; otherwise add prints the result as JSON and the others nothing.

Exit code: 0 done, 1 failed, 2 wrong usage; why is on standard error, or with --json as an error object on standard output.

Examples:
  ip netns add demo
  trestle net add web /run/netns/demo
  trestle net check web /run/netns/demo
  CAP_ARGS='{"ips":["10.20.0.9"]}' trestle net add web /run/netns/demo -i eth1
  trestle net add web /run/netns/demo --json | jq -r '.ips[].address'
  trestle net del web /run/netns/demo
  trestle net gc web --keep cnitool-78367785f8561ce49ede/eth0
  NETCONFPATH=./networks CNI_PATH=./dist/bin trestle net status web
`;
