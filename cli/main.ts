/** The command line: what a person types. */
import { writeText } from "../sys/streams.ts";

const help = `Trestle: CNI plugins for Linux in one executable.

Usage:
  trestle --help            show this text
  trestle --version         show the version

A container runtime starts it under a plugin's name, with CNI_COMMAND set and a network configuration on standard input:

  bridge, trestle           attach a container to a Linux bridge by a veth pair
  host-local                give addresses out of ranges kept in files
  loopback                  bring "lo" up

Examples:
  Ask a plugin what it speaks:
    CNI_COMMAND=VERSION /opt/cni/bin/bridge

  Attach a namespace by hand:
    ip netns add demo
    CNI_COMMAND=ADD CNI_CONTAINERID=demo CNI_NETNS=/run/netns/demo CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin \\
      /opt/cni/bin/bridge < network.json

Environment:
  TRESTLE_LOG=debug         tell every step on standard error (error, warn, info, debug)
`;

/** @returns the exit code */
export function runCommandLine(args: readonly string[], version: string): number {
  const [first] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    writeText(1, help);
    return 0;
  }
  if (first === "--version" || first === "-V" || first === "version") {
    writeText(1, `trestle ${version}\n`);
    return 0;
  }
  writeText(2, `trestle: unknown command "${first}"; trestle --help lists what there is\n`);
  return 2;
}
