#!/bin/sh
# Holds one fake node: sh -c GUARD guard ID NODE, where GUARD and NODE are the texts of this file and of node.sh, which have no
# path of their own inside a compiled executable.
#
# Standard input is the life line: when the test closes it, or dies in whatever way, the node's first process reads its
# end and leaves, and the kernel ends every process of the PID namespace with it. What the kernel does not end with the
# namespaces is removed here, after them: the cgroup folders that a container runtime made below the node's name.
# Interrupting the terminal reaches a whole process group, so the guard ignores it and waits for the life line.
trap '' INT TERM HUP

id=$1
node=$2

unshare --net --mount --pid --fork --kill-child --propagation private sh -c "$node" node
status=$?

for folder in $(find /sys/fs/cgroup -mindepth 1 -maxdepth 3 -type d -name "$id" 2>/dev/null); do
  # A process that was just killed may hold its cgroup for a moment longer.
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null
    [ -d "$folder" ] || break
    sleep 0.1
  done
done
exit $status
