#!/bin/sh
# The first process of a fake node: makes the namespaces that it is started in look like a freshly booted host, prints
# its process id as the outside sees it, and stays until its standard input ends.
set -e

# Read before the new /proc covers the old one, which still counts in the outer PID namespace.
read -r outer_pid rest < /proc/self/stat

# Below, -n keeps mount(8) from taking notes in /run/mount of the real host.

# The host's own mounts on and below /run would stay in the list of mounts, out of sight. The newest first, because an
# older one may lie under it.
for target in $(cut -d ' ' -f 5 /proc/self/mountinfo | grep -E '^/run(/|$)' | tac); do
  umount -n -l "$target" 2> /dev/null || true
done

# /var/lib and /etc are the host's, but what is written to them stays here. The layers sit on a file system that the
# next mount on /run hides, so that nothing inside sees them. Descriptor 9 keeps a way to them, by which written.ts tells
# what was written.
mount -n -t tmpfs -o mode=755 layers /run
exec 9< /run
mkdir /run/lib /run/lib.work /run/etc /run/etc.work /run/cgroup
mount -n -t overlay -o lowerdir=/var/lib,upperdir=/run/lib,workdir=/run/lib.work lib /var/lib
mount -n -t overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/etc.work etc /etc

# A new sysfs shows this network namespace's interfaces. It comes without the cgroups, which container runtimes need.
mount -n --rbind /sys/fs/cgroup /run/cgroup
mount -n -t sysfs sysfs /sys
mount -n --move /run/cgroup /sys/fs/cgroup
mount -n -t proc proc /proc

# An overlay is not the file system that leases are kept on in real life (link(2), fsync(2)), so these two are plain.
rm -rf /var/lib/cni
mkdir -p /var/lib/cni /var/lib/node
mount -n -t tmpfs -o mode=755 cni /var/lib/cni
mount -n -t tmpfs -o mode=755 node /var/lib/node

mount -n -t tmpfs -o mode=755 run /run
mkdir -p /run/netns /run/lock

# A host that was never a router: a new network namespace copies the settings of the one outside.
echo 0 > /proc/sys/net/ipv4/ip_forward
[ ! -d /proc/sys/net/ipv6 ] || echo 0 > /proc/sys/net/ipv6/conf/all/forwarding
ip link set lo up

# Ignoring SIGCHLD makes the kernel reap whatever is orphaned here, such as a container's monitor.
trap '' CHLD
echo "$outer_pid"
exec cat > /dev/null
