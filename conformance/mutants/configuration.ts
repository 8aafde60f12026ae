/** Faults in reading standard input: the configuration, capabilities, and what came before in a chain. */
import type { Mutant } from "./mutant.ts";

export const configurationMutants: readonly Mutant[] = [
  {
    id: "first-value-of-many",
    type: "bridge",
    breaks: "It reads the first JSON value of standard input and does not look whether more follows.",
    owner: "CFG-01",
    caught: /must fail/,
    body: `jq -n -c input < "$input" > "$input.first" 2> /dev/null && cp "$input.first" "$input"
real`,
  },
  {
    id: "empty-input-is-fine",
    type: "loopback",
    breaks: "Without a configuration it does nothing, successfully.",
    owner: "CFG-01",
    caught: /must fail/,
    body: `[ -s "$input" ] || exit 0
real`,
  },
  {
    id: "network-without-name",
    type: "bridge",
    breaks: 'A network without a name gets the name "default".',
    owner: "CFG-02",
    caught: /must fail/,
    body: `configure 'if .name then . else .name = "default" end'
real`,
  },
  {
    id: "missing-version-is-the-newest",
    type: "bridge",
    breaks: "A configuration without cniVersion is taken for the newest version.",
    owner: "CFG-03",
    caught: /must have the shape of 0.1.0/,
    version: "0.1.0",
    body: `configure 'if .cniVersion then . else .cniVersion = "1.1.0" end'
real`,
  },
  {
    id: "unknown-version-ignored",
    type: "bridge",
    breaks: "A version that it does not know is taken for the newest that it knows.",
    owner: "CFG-04",
    caught: /must fail/,
    body: `configure 'if .cniVersion | IN(null, "0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0") then . else .cniVersion = "1.1.0" end'
real`,
  },
  {
    id: "unknown-keys-refused",
    type: "host-local",
    breaks: "It refuses a configuration with keys that it does not know.",
    owner: "CFG-05",
    caught: /must succeed/,
    body: `! config '[keys[] | select(IN("cniVersion", "name", "type", "ipam", "args", "runtimeConfig", "prevResult", "capabilities", "dns", "bridge", "isGateway") or startswith("cni.dev/") | not)] | length > 0' ||
  refuse 2 "unknown keys"
real`,
  },
  {
    id: "capabilities-refused",
    type: "bridge",
    breaks: "It refuses a configuration in which the runtime left capabilities.",
    owner: "CFG-06",
    caught: /must succeed/,
    body: `! config 'has("capabilities")' || refuse 2 "unsupported key capabilities"
real`,
  },
  {
    id: "dns-lost",
    type: "bridge",
    breaks: "The dns of the configuration does not get into the result.",
    owner: "CFG-07",
    caught: /dns|nameservers/,
    body: `configure 'del(.dns)'
real`,
  },
  {
    id: "keys-match-exactly",
    type: "bridge",
    breaks: "It does not know the keys of every network in another case.",
    owner: "CFG-09a",
    caught: /cniVersion|exit code/,
    body: `configure 'del(.CNIVERSION, .Name, .Type)'
real`,
  },
  {
    id: "text-for-a-number",
    type: "bridge",
    breaks: "A number that is written as a text is read as the number.",
    owner: "CFG-09e",
    caught: /must fail/,
    body: `configure 'with_entries(if .value | type == "string" and test("^[0-9]+$") then .value |= tonumber else . end)'
real`,
  },
  {
    id: "leading-zeros",
    type: "host-local",
    breaks: "It accepts addresses with leading zeros.",
    owner: "CFG-10",
    caught: /must fail/,
    body: `configure '.ipam |= walk(if type == "string" and test("^[0-9./]+$") then gsub("(?<![0-9])0+(?=[0-9])"; "") else . end)'
real`,
  },
  {
    id: "requested-address-ignored",
    type: "host-local",
    breaks: "It ignores the capability ips.",
    owner: "CAP-01b",
    caught: /10\.88\.0\./,
    body: `configure 'del(.runtimeConfig.ips)'
real`,
  },
  {
    id: "bad-request-passed-over",
    type: "bridge",
    breaks: "What is not a MAC address is passed over, and the interface gets any.",
    owner: "CAP-02",
    caught: /ADD must fail/,
    body: `configure 'if .runtimeConfig.mac | type == "string" and (test("^[0-9a-fA-F:.-]+$") | not) then del(.runtimeConfig.mac) else . end'
real`,
  },
  {
    id: "capabilities-of-others-refused",
    type: "loopback",
    breaks: "It refuses what runtimeConfig has for other plugins.",
    owner: "CAP-03",
    caught: /must succeed/,
    body: `! config '.runtimeConfig | length > 0' || refuse 2 "unsupported key runtimeConfig"
real`,
  },
  {
    id: "result-must-tell-its-version",
    type: "bridge",
    breaks: "It refuses a prevResult without cniVersion.",
    owner: "CHN-02",
    caught: /must succeed/,
    body: `! config '.prevResult | . and (has("cniVersion") | not)' || refuse 7 "prevResult has no cniVersion"
real`,
  },
  {
    id: "crash-at-a-bad-result",
    type: "bridge",
    breaks: "It crashes at a prevResult that is not a result.",
    owner: "CHN-05",
    caught: /one error object/,
    body: `[ "$CNI_COMMAND" = CHECK ] || { real; exit; }
printed=$(real)
code=$?
[ "$code" = 0 ] || ! config '.prevResult | (type != "object") or (.ips | type != "array")' || { echo "panic: nil dereference" >&2; exit 2; }
printf %s "$printed"
exit "$code"`,
  },
  {
    id: "bad-result-keeps-the-attachment",
    type: "bridge",
    breaks: "DEL does nothing, successfully, where prevResult is not a result.",
    owner: "CHN-06",
    caught: /must remove|leases/,
    body: `[ "$CNI_COMMAND" != DEL ] || ! config '.prevResult.ips[]? | (.address | type != "string") or (.address | test("^[0-9a-f.:]+/[0-9]+$") | not)' || exit 0
real`,
  },
  {
    id: "result-before-lost",
    type: "loopback",
    breaks: "It prints a result of its own instead of the one that it was given.",
    owner: "LOO-04",
    caught: /the result/,
    body: `[ "$CNI_COMMAND" != ADD ] || configure 'del(.prevResult)'
real`,
  },
];
