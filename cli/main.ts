/** The command line: what a person types. */
import { writeText } from "../sys/streams.ts";

const help = `Trestle: CNI plugins for Linux in one executable.

Usage:
  trestle --help            show this text
  trestle --version         show the version
  trestle net VERB ...      attach, check and detach a namespace by hand, as a runtime does; trestle net --help
  trestle show              tell what the network of this host is, as a table, JSON or picture; trestle show --help
  trestle conformance ...   judge any CNI plugin from the outside; trestle conformance --help

A container runtime starts it under a plugin's name, with CNI_COMMAND set and a network configuration on standard input:

  bridge, trestle           attach a container to a Linux bridge by a veth pair
  host-local                give addresses out of ranges kept in files
  loopback                  bring "lo" up
  macvlan                   give a container an interface of its own on one of the host's
  ptp                       connect a container with the host alone, which routes
  tap                       make a device for a virtual machine
  vlan                      give a container one VLAN of one of the host's interfaces

Examples:
  Ask a plugin what it speaks:
    CNI_COMMAND=VERSION /opt/cni/bin/bridge

  Attach a namespace by hand:
    ip netns add demo
    trestle net add web /run/netns/demo

Environment:
  TRESTLE_LOG=debug         tell what a request does, on standard error (error, warn, info, debug)
`;

/** @returns the exit code */
export async function runCommandLine(args: readonly string[], version: string): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    writeText(1, help);
    return 0;
  }
  if (first === "--version" || first === "-V" || first === "version") {
    writeText(1, `trestle ${version}\n`);
    return 0;
  }
  if (first === "net") return (await import("./net/main.ts")).runNet(rest);
  if (first === "show") return (await import("./show/main.ts")).runShow(rest);
  if (first === "conformance") return (await import("./conformance/main.ts")).runConformance(rest);
  writeText(2, `trestle: unknown command "${first}"; trestle --help lists what there is\n`);
  return 2;
}
