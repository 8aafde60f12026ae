/** Faults of an IPAM plugin that keeps leases in files. */
import { ignoring } from "./ignoring.ts";
import type { Mutant } from "./mutant.ts";

const type = "host-local";

export const hostLocalMutants: readonly Mutant[] = [
  ignoring({
    type,
    id: "gateway-ignored",
    path: ".ipam.ranges[]?[].gateway",
    owner: "HLO-02d",
    caught: /192\.0\.2\.254/,
  }),
  ignoring({
    type,
    id: "range-end-ignored",
    path: ".ipam.rangeEnd",
    owner: "HLO-03",
    caught: /ADD must fail/,
  }),
  ignoring({
    type,
    id: "ranges-of-the-runtime-ignored",
    path: ".runtimeConfig.ipRanges",
    owner: "HLO-05a",
    caught: /no IP ranges/,
  }),
  ignoring({
    type,
    id: "routes-ignored",
    path: ".ipam.routes",
    owner: "HLO-10a",
    caught: /routes of the result/,
  }),
  ignoring({
    type,
    id: "resolver-ignored",
    path: ".ipam.resolvConf",
    owner: "HLO-11a",
    caught: /dns of the result/,
  }),
  ignoring({
    type,
    id: "folder-ignored",
    path: ".ipam.dataDir",
    owner: "HLO-12",
    caught: /the lease must be/,
  }),
  ignoring({
    type,
    id: "request-of-the-runtime-ignored",
    path: ".runtimeConfig.ips",
    owner: "HLO-30c",
    caught: /10\.1\.2\.88/,
  }),
  ignoring({
    type,
    id: "request-of-the-network-ignored",
    path: ".args.cni.ips",
    owner: "HLO-30b",
    caught: /10\.1\.2\.88/,
  }),
  {
    id: "one-address-only",
    type,
    breaks: "It takes the first range set and forgets the others.",
    owner: "HLO-04a",
    caught: /the leases must be/,
    body: `configure 'if .ipam.ranges then .ipam.ranges |= .[:1] else . end'
real`,
  },
  {
    id: "host-bits-cut",
    type,
    breaks: "It cuts the host bits of a subnet.",
    owner: "HLO-20h",
    caught: /ADD must fail/,
    body: `configure '.ipam |= walk(if type == "string" then sub("[.][0-9]+/24$"; ".0/24") else . end)'
real`,
  },
  {
    id: "taken-address-replaced",
    type,
    breaks: "Where a requested address cannot be had it gives another one.",
    owner: "HLO-31a",
    caught: /must fail/,
    body: `printed=$(real)
code=$?
if [ "$code" != 0 ] && config '.runtimeConfig.ips | length > 0'; then
  configure 'del(.runtimeConfig.ips)'
  real
  exit
fi
printf %s "$printed"
exit "$code"`,
  },
  {
    id: "lease-with-line-end",
    type,
    breaks: "It writes leases with the line ends of text files, which other releases do not find.",
    owner: "HLO-40a",
    caught: /the IPv4 lease must be/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || sed -i 's/\\r$//; $s/$/\\n/' /var/lib/cni/networks/*/*[0-9.:][0-9]`,
  },
  {
    id: "last-address-forgotten",
    type,
    breaks: "It keeps no note on the last address, so an address is given again at once.",
    owner: "HLO-40b",
    caught: /the last addresses/,
    body: `real || exit
rm -f /var/lib/cni/networks/*/last_reserved_ip.*`,
  },
  {
    id: "leases-for-everybody",
    type,
    breaks: "Everybody may read its leases.",
    owner: "HLO-40d",
    caught: /644/,
    body: `real || exit
[ "$CNI_COMMAND" != ADD ] || chmod 644 /var/lib/cni/networks/*/*`,
  },
  {
    id: "one-folder-for-all",
    type,
    breaks: "Networks share their leases.",
    owner: "HLO-41",
    caught: /10\.1\.2\.2|leases/,
    body: `configure 'if .name then .name = "all" else . end'
real`,
  },
  {
    id: "del-by-container-only",
    type,
    breaks: "DEL of one interface releases the addresses of all interfaces of the container.",
    owner: "HLO-42",
    caught: /leases|eth1/,
    body: `[ "$CNI_COMMAND" != DEL ] || rm -f $(grep -l -r "^$CNI_CONTAINERID" /var/lib/cni)
real`,
  },
  {
    id: "old-leases-ignored",
    type,
    breaks: "It does not know leases that older releases wrote.",
    owner: "HLO-43a",
    caught: /leases after DEL must be/,
    body: `for file in /var/lib/cni/networks/*/*; do
  ! printf %s "$CNI_CONTAINERID" | cmp -s - "$file" || { [ "$CNI_COMMAND" != DEL ] || exit 0; }
done
real`,
  },
  {
    id: "starts-over",
    type,
    breaks: "It always gives the lowest free address, also one that was given back a moment ago.",
    owner: "HLO-52",
    caught: /must be \["10\.1\.2\.3\/29"\]/,
    body: `[ "$CNI_COMMAND" != ADD ] || rm -f /var/lib/cni/networks/*/last_reserved_ip.*
real`,
  },
  {
    id: "same-address-twice",
    type,
    breaks: "A second ADD of an attachment gets a second address.",
    owner: "HLO-54",
    caught: /must fail/,
    body: `[ "$CNI_COMMAND" != ADD ] || CNI_COMMAND=DEL real > /dev/null
real`,
  },
  {
    id: "empty-lease-counts",
    type,
    breaks: "An empty lease, which a loss of power leaves, is never free again.",
    owner: "HLO-82a",
    caught: /must succeed/,
    body: `find /var/lib/cni/networks -type f -empty -name '*.*.*.*' 2> /dev/null | while read -r file; do echo nobody > "$file"; done
real`,
  },
  {
    id: "no-lock",
    type,
    breaks: "It does not wait for whoever has the lock.",
    owner: "HLO-80a",
    caught: /while (another process had the lock|the lock is held)/,
    body: `rm -f /var/lib/cni/networks/*/lock
real`,
  },
  {
    id: "full-is-a-failure-of-any-kind",
    type,
    breaks: "Where no address is left the error does not tell the ranges.",
    owner: "HLO-53a",
    caught: /must name/,
    body: `reprint_error 'if .code == 7 or .code < 10 then . else .msg = "out of luck" | del(.details) end'`,
  },
];
