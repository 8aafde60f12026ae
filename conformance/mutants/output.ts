/** Faults in what is printed where, with which exit code: streams, errors, VERSION. */
import type { Mutant } from "./mutant.ts";

export const outputMutants: readonly Mutant[] = [
  {
    id: "failure-exits-with-0",
    type: "bridge",
    breaks: "It prints an error and exits with 0.",
    owner: "OUT-01",
    caught: /exit with 0/,
    body: `real || exit 0`,
  },
  {
    id: "success-exits-with-1",
    type: "loopback",
    breaks: "It exits with 1 although all went well.",
    owner: "OUT-01",
    caught: /must succeed/,
    body: `real
exit 1`,
  },
  {
    id: "two-documents",
    type: "bridge",
    breaks: "It prints its delegate's result and then its own.",
    owner: "OUT-02",
    caught: /one JSON object/,
    body: `reprint_result '(., .)'`,
  },
  {
    id: "log-before-result",
    type: "host-local",
    breaks: "It logs to standard output.",
    owner: "OUT-02",
    caught: /one JSON object/,
    body: `[ "$CNI_COMMAND" != ADD ] || echo "reserving an address"
real`,
  },
  {
    id: "prints-on-del",
    type: "bridge",
    breaks: "It prints an empty result on DEL.",
    owner: "OUT-03",
    caught: /DEL must print nothing/,
    body: `real || exit
[ "$CNI_COMMAND" != DEL ] || echo '{}'`,
  },
  {
    id: "newline-on-check",
    type: "loopback",
    breaks: "It prints a line end on CHECK.",
    owner: "OUT-03",
    caught: /CHECK must print nothing/,
    body: `real || exit
[ "$CNI_COMMAND" != CHECK ] || echo`,
  },
  {
    id: "errors-to-standard-error",
    type: "bridge",
    breaks: "It prints errors to standard error.",
    owner: "OUT-04",
    caught: /one error object on standard output/,
    body: `printed=$(real)
code=$?
if [ "$code" = 0 ]; then printf %s "$printed"; else printf %s "$printed" >&2; fi
exit "$code"`,
  },
  {
    id: "error-without-version",
    type: "bridge",
    breaks: "Its errors have no cniVersion.",
    owner: "OUT-05",
    caught: /cniVersion/,
    body: `reprint_error 'del(.cniVersion)'`,
  },
  {
    id: "message-on-standard-error-only",
    type: "bridge",
    breaks: "What went wrong is on standard error alone, the error has no message.",
    owner: "OUT-06",
    caught: /msg/,
    body: `printed=$(real)
code=$?
[ "$code" = 0 ] || printf %s "$printed" | jq -r .msg >&2
printf %s "$printed" | jq 'if has("code") then .msg = "" | del(.details) else . end'
exit "$code"`,
  },
  {
    id: "result-and-error",
    type: "bridge",
    breaks: "An ADD that fails late has printed its result already.",
    owner: "OUT-10",
    caught: /one error object.*interfaces/,
    body: `[ "$CNI_COMMAND" = ADD ] || { real; exit; }
printed=$(real)
code=$?
[ "$code" = 0 ] || jq -c '{cniVersion, interfaces: [], ips: []}' < "$input" 2> /dev/null
printf %s "$printed"
exit "$code"`,
  },
  {
    id: "no-greeting",
    type: "bridge",
    breaks: "Without CNI_COMMAND it says nothing.",
    owner: "OUT-11",
    caught: /CNI .* plugin/,
    body: `[ -n "\${CNI_COMMAND-}" ] || exit 0
real`,
  },
  {
    id: "code-as-text",
    type: "host-local",
    breaks: "The code of its errors is a text.",
    owner: "ERR-01",
    caught: /number "code"/,
    body: `reprint_error '.code |= tostring'`,
  },
  {
    id: "variable-not-named",
    type: "bridge",
    breaks: "It does not say which variable is missing.",
    owner: "ERR-01",
    caught: /must name CNI_/,
    body: `reprint_error 'if .code == 4 then .msg = "bad environment" | del(.details) else . end'`,
  },
  {
    id: "delegates-code-lost",
    type: "bridge",
    breaks: "It wraps its delegate's error and gives it a code of its own.",
    owner: "ERR-03",
    caught: /code must be/,
    body: `reprint_error 'if .code >= 10 then .code = 999 else . end'`,
  },
  {
    id: "versions-not-listed",
    type: "bridge",
    breaks: "VERSION does not list versions.",
    owner: "VER-01",
    caught: /supportedVersions/,
    body: `reprint 'del(.supportedVersions)'`,
  },
  {
    id: "version-it-does-not-serve",
    type: "loopback",
    breaks: "VERSION lists a version that ADD refuses.",
    owner: "VER-06",
    caught: /ADD.*must succeed.*"code":1,/,
    version: "0.4.0",
    body: `[ "$CNI_COMMAND" = VERSION ] || ! config '.cniVersion == "0.4.0"' || refuse 1 "incompatible CNI versions"
real`,
  },
  {
    id: "version-it-does-not-tell",
    type: "host-local",
    breaks: "VERSION does not list a version that ADD serves.",
    owner: "VER-01",
    caught: /0\.2\.0 must be among/,
    version: "0.2.0",
    body: `reprint 'if has("supportedVersions") then .supportedVersions -= ["0.1.0", "0.2.0"] else . end'`,
  },
  {
    id: "version-makes-a-folder",
    type: "host-local",
    breaks: "VERSION makes the folder of its leases.",
    owner: "VER-07",
    caught: /VERSION changed the host/,
    body: `mkdir -p /var/lib/cni/networks
real`,
  },
  {
    id: "reserved-code",
    type: "loopback",
    breaks: "It uses a code that the specification keeps for itself.",
    owner: "ERR-02",
    caught: /42 is reserved/,
    body: `reprint_error 'if .code == 7 then .code = 42 else . end'`,
  },
  {
    id: "mistakes-are-internal-errors",
    type: "bridge",
    breaks: "A configuration that cannot work is an error of no particular kind.",
    owner: "ERR-02b",
    caught: /code must be 7/,
    body: `reprint_error 'if .code == 7 then .code = 999 else . end'`,
  },
  {
    id: "version-is-not-a-version",
    type: "bridge",
    breaks: "The cniVersion of VERSION is the plugin's own version.",
    owner: "VER-02",
    caught: /cniVersion/,
    body: `reprint 'if has("supportedVersions") then .cniVersion = "v1" else . end'`,
  },
  {
    id: "version-needs-a-configuration",
    type: "host-local",
    breaks: "VERSION fails without standard input.",
    owner: "VER-03",
    caught: /VERSION/,
    body: `[ "$CNI_COMMAND" != VERSION ] || [ -s "$input" ] || refuse 6 "empty configuration"
real`,
  },
];
