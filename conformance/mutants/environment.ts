/** Faults in reading the environment: commands, names, paths, CNI_ARGS. */
import type { Mutant } from "./mutant.ts";

export const environmentMutants: readonly Mutant[] = [
  {
    id: "commands-in-any-case",
    type: "bridge",
    breaks: "It takes a command in lower case for the command.",
    owner: "ENV-01",
    caught: /ADD|add.*must fail/,
    body: `CNI_COMMAND=$(printf %s "$CNI_COMMAND" | tr a-z A-Z) real`,
  },
  {
    id: "unknown-command-is-fine",
    type: "loopback",
    breaks: "A command that it does not know does nothing, successfully.",
    owner: "ENV-01",
    caught: /FOO must fail/,
    body: `case $CNI_COMMAND in
  ADD | DEL | CHECK | GC | STATUS | VERSION | "") real ;;
esac`,
  },
  {
    id: "hangs-at-an-unknown-command",
    type: "host-local",
    breaks: "It never ends when it does not know the command, which is no refusal.",
    owner: "ENV-01",
    caught: /FOO must end, and has not after 15 s/,
    body: `[ "$CNI_COMMAND" != FOO ] || sleep 60
real`,
  },
  {
    id: "crashes-at-an-unknown-command",
    type: "bridge",
    breaks: "It prints an error and crashes.",
    owner: "ENV-01",
    caught: /FOO must end by itself, and died of SIGSEGV/,
    body: `real || { [ "$CNI_COMMAND" != FOO ] || kill -SEGV $$; exit 1; }`,
  },
  {
    id: "missing-id-made-up",
    type: "bridge",
    breaks: "Without CNI_CONTAINERID it makes one up.",
    owner: "ENV-02",
    caught: /ADD must fail/,
    body: `[ -n "\${CNI_CONTAINERID-}" ] || export CNI_CONTAINERID=none
real`,
  },
  {
    id: "missing-variables-one-by-one",
    type: "host-local",
    breaks: "It stops at the first variable that is missing and does not name the others.",
    owner: "ENV-03",
    caught: /must name CNI_/,
    body: `reprint_error 'if .code == 4 then .msg |= sub(",[A-Z_,]*\\\\]"; "]") | del(.details) else . end'`,
  },
  {
    id: "container-id-mended",
    type: "bridge",
    breaks: "It replaces characters of the container ID that are not allowed instead of refusing it.",
    owner: "ENV-05",
    caught: /must fail/,
    body: `CNI_CONTAINERID=$(printf %s "$CNI_CONTAINERID" | sed 's/[^A-Za-z0-9_.-]/_/g; s/^[^A-Za-z0-9]/x/') real`,
  },
  {
    id: "long-name-cut",
    type: "bridge",
    breaks: "It cuts an interface name that is too long for the kernel.",
    owner: "ENV-06",
    caught: /must fail/,
    body: `CNI_IFNAME=$(printf %.15s "$CNI_IFNAME") real`,
  },
  {
    id: "no-namespace-no-work",
    type: "bridge",
    breaks: "ADD into a namespace that cannot be opened does nothing, successfully.",
    owner: "ENV-08",
    caught: /must fail/,
    body: `[ "$CNI_COMMAND" != ADD ] || nsenter --net="$CNI_NETNS" true 2> /dev/null || exit 0
real`,
  },
  {
    id: "last-folder-first",
    type: "bridge",
    breaks: "It searches the folders of CNI_PATH from the last to the first.",
    owner: "ENV-10",
    caught: /first/,
    body: `CNI_PATH=$(printf '%s\\n' "$CNI_PATH" | tr : '\\n' | tac | paste -s -d :) real`,
  },
  {
    id: "environment-cleared",
    type: "bridge",
    breaks: "Its delegate sees no variable but those of CNI.",
    owner: "ENV-13",
    caught: /RUNTIMES_OWN/,
    body: `between 'for name in $(env | cut -d = -f 1 | grep -v -e ^CNI_ -e ^PATH\\$); do unset "$name"; done
next'`,
  },
  {
    id: "odd-arguments-passed-over",
    type: "host-local",
    breaks: "An argument that is no pair is passed over.",
    owner: "ARG-01",
    caught: /must fail/,
    body: `CNI_ARGS=$(printf '%s\\n' "\${CNI_ARGS-}" | tr ';' '\\n' | grep -E '^[^=]+=[^=]*$' | paste -s -d ';')
export CNI_ARGS
real`,
  },
  {
    id: "arguments-in-any-case",
    type: "host-local",
    breaks: "It takes the argument ip for IP.",
    owner: "ARG-02",
    caught: /must fail|must be/,
    body: `CNI_ARGS=$(printf %s "\${CNI_ARGS-}" | sed -E 's/(^|;)ip=/\\1IP=/')
export CNI_ARGS
real`,
  },
  {
    id: "unknown-arguments-are-fine",
    type: "host-local",
    breaks: "Arguments that it does not know are ignored without IgnoreUnknown.",
    owner: "ARG-03",
    caught: /must fail/,
    body: `CNI_ARGS="IgnoreUnknown=1\${CNI_ARGS:+;$CNI_ARGS}"
export CNI_ARGS
real`,
  },
  {
    id: "ignore-unknown-ignored",
    type: "bridge",
    breaks: "It refuses the arguments of Kubernetes although IgnoreUnknown is set.",
    owner: "ARG-06",
    caught: /must succeed/,
    body: `case \${CNI_ARGS-} in *K8S_POD_*) refuse 4 "unknown args in CNI_ARGS" ;; esac
real`,
  },
];
