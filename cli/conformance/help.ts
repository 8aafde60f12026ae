/** What `trestle conformance --help` says. */
export const help = `Judge any CNI plugin from the outside: its executable, a configuration and the kernel are all that is known of it.

Usage:
  trestle conformance --plugin-dir DIR --type TYPE [options]
  trestle conformance --list [--type TYPE] [--profile P] [--only ID] [--json]

Each clause is run on a host of its own (namespaces that end with the case), in every CNI version that the plugin speaks. Nothing of this
machine is changed. It takes root; several hundred clauses take minutes.

What is judged:
  --plugin-dir DIR    folder of executables: the plugin, and those that its configuration delegates to
  --type TYPE         the plugin's file in there
  --config FILE       a configuration that must work on a fresh host, JSON; needed unless the type is one of the reference pack
  --kind KIND         interface, loopback, ipam or chained: how a case is set up; told from type and configuration when left out

What is asked:
  --profile P         spec (the specification asks for it), compat (the reference plugins do it), quality (else it leaks, loses or hides)
  --only ID           clauses or groups: DEL-02, DEL; both options take lists (a,b) and may be repeated
  --version V         one CNI version, also one that the plugin does not say it speaks
  --known FILE        differences from the reference that are on purpose, {"DEL-02": "why"}; any other then fails the run
  --jobs N            cases at a time (one more than processors)

What comes out:
  --format FORMAT     table, json, junit, html or markdown (table); --json is short for --format json
  --out FILE          write it there, whole; standard output then has one line that sums it up
  --list              the clauses, with --json for programs; runs nothing
  -h, --help          show this text

Exit code: 0 nothing that decides failed, 1 something did, 2 it could not be judged, 3 none of the chosen clauses is for this plugin. What
decides is every failure of spec and quality, and of compat with --known those that are not in the file. A MUST that fails is told as
"fails": of spec, the plugin does not conform. A SHOULD is told apart, as "should, and does not": RFC 2119 grants that there may be good
reasons. It decides all the same; --profile and --only leave out what you have reasons for.

Examples:
  trestle conformance --plugin-dir /opt/cni/bin --type bridge
  trestle conformance --plugin-dir ./bin --type my-plugin --config my-plugin.json --profile spec,quality
  trestle conformance --plugin-dir ./bin --type my-plugin --config my-plugin.json --only DEL,GC-01 --version 1.1.0
  trestle conformance --plugin-dir /usr/lib/cni --type host-local --format html --out host-local.html
  trestle conformance --plugin-dir ./bin --type my-ipam --kind ipam --config net.json --format junit --out junit.xml
  trestle conformance --list --only GC
`;
