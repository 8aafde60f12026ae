# Turns the new namespaces that this runs in into a host for the plugins: nothing that they do is seen outside.
set -eu
mount -t tmpfs tmpfs /run
mkdir /run/netns
[ ! -d /var/lib/cni ] || mount -t tmpfs tmpfs /var/lib/cni
ip link set lo up
# Forwarding is on before the first attachment, so that no contestant pays for switching it.
echo 1 >/proc/sys/net/ipv4/ip_forward
[ ! -e /proc/sys/net/ipv6/conf/all/forwarding ] || echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
