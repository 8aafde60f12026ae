/** Faults between a plugin and its delegate. */
import type { Mutant } from "./mutant.ts";

export const delegationMutants: readonly Mutant[] = [
  {
    id: "type-may-be-a-path",
    type: "bridge",
    breaks: "It takes a path for the type of its delegate.",
    owner: "DLG-01",
    caught: /must fail/,
    body: `configure 'if .ipam.type then .ipam.type |= sub(".*/"; "") else . end'
real`,
  },
  {
    id: "missing-delegate-is-fine",
    type: "bridge",
    breaks: "It works without addresses where its delegate is not found.",
    owner: "DLG-01",
    caught: /must fail/,
    body: `found=$(jq -r '.ipam.type // empty' < "$input")
[ -z "$found" ] || [ -e "\${CNI_PATH%%:*}/$found" ] || configure 'del(.ipam)'
real`,
  },
  {
    id: "delegate-sees-its-part-only",
    type: "bridge",
    breaks: "Its delegate gets version, name and ipam, not the whole configuration.",
    owner: "DLG-02",
    caught: /reads|standard input|input/,
    body: `between 'jq "{cniVersion, name, type, ipam}" | next'`,
  },
  {
    id: "delegate-is-not-heard",
    type: "bridge",
    breaks: "What its delegate says on standard error is lost.",
    owner: "DLG-03",
    caught: /standard error|stderr/,
    body: `real 2> /dev/null`,
  },
  {
    id: "delegates-error-swallowed",
    type: "bridge",
    breaks: "It takes an address of its own where its delegate fails.",
    owner: "ERR-03",
    caught: /must fail/,
    body: `between 'printed=$(next) && { printf %s "$printed"; exit; }
[ "$CNI_COMMAND" != ADD ] || echo "{\\"ips\\": [{\\"address\\": \\"10.88.0.200/24\\"}]}"'`,
  },
  {
    id: "delegate-for-add-and-del-only",
    type: "bridge",
    breaks: "It asks its delegate for ADD and DEL and nothing else.",
    owner: "DLG-04",
    caught: /commands/,
    body: `between 'case $CNI_COMMAND in ADD | DEL) next ;; esac'`,
  },
  {
    id: "failed-delegate-is-left-alone",
    type: "bridge",
    breaks: "It does not run DEL of a delegate whose ADD failed.",
    owner: "DLG-05",
    caught: /DEL/,
    body: `between '[ "$CNI_COMMAND" != DEL ] || [ ! -e "$0.failed" ] || exit 0
next && exit
: > "$0.failed"
exit 1'`,
  },
  {
    id: "wordless-delegate",
    type: "bridge",
    breaks: "Where its delegate fails without a word, so does it.",
    owner: "DLG-06",
    caught: /error object/,
    body: `printed=$(between 'next > "$0.printed"
code=$?
cat "$0.printed"
[ "$code" = 0 ] || jq -e .code "$0.printed" > /dev/null 2>&1 || : > "$0.wordless"
exit "$code"')
code=$?
[ -n "$(find "$input.between" -name '*.wordless' 2> /dev/null)" ] || printf %s "$printed"
exit "$code"`,
  },
  {
    id: "delegates-first-document",
    type: "bridge",
    breaks: "It reads the first JSON value that its delegate prints and does not look whether more follows.",
    owner: "DLG-07b",
    caught: /must fail/,
    body: `between 'printed=$(next)
code=$?
[ "$code" = 0 ] && [ "$CNI_COMMAND" = ADD ] && printf %s "$printed" | jq -n input && exit
printf %s "$printed"
exit "$code"'`,
  },
  {
    id: "delegate-must-tell-its-version",
    type: "bridge",
    breaks: "It refuses a result of its delegate without cniVersion.",
    owner: "DLG-07",
    caught: /must succeed/,
    body: `between 'printed=$(next)
code=$?
printf %s "$printed"
[ "$code" = 0 ] || exit "$code"
[ "$CNI_COMMAND" != ADD ] || printf %s "$printed" | jq -e .cniVersion > /dev/null || exit 1'`,
  },
  {
    id: "delegates-dns-lost",
    type: "bridge",
    breaks: "The dns of its delegate does not get into the result.",
    owner: "DLG-09",
    caught: /dns must be/,
    body: `between 'printed=$(next)
code=$?
if [ "$code" = 0 ]; then printf %s "$printed" | jq "del(.dns)"; else printf %s "$printed"; fi
exit "$code"'`,
  },
  {
    id: "no-addresses-no-matter",
    type: "bridge",
    breaks: "It accepts a result of its delegate without addresses.",
    owner: "DLG-08",
    caught: /must fail/,
    body: `between 'printed=$(next) || { printf %s "$printed"; exit 1; }
[ "$CNI_COMMAND" = ADD ] || exit 0
printf %s "$printed" | jq "if (.ips | length) > 0 then . else .ips = [{address: \\"10.88.0.200/24\\"}] end"'`,
  },
];
