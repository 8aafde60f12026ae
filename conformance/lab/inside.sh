#!/bin/sh
# The lab's first process once its root is there: makes it a freshly booted host, runs the job and switches off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TRESTLE_LAB=inside
repository=$1
mkdir -p /run /dev/shm /dev/pts /root /var/lib
# Not a mount, because the repository may be below it.
mkdir -p -m 1777 /tmp /var/tmp
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t devpts devpts /dev/pts
mount -t cgroup2 cgroup /sys/fs/cgroup
for controller in cpu memory pids cpuset io; do
  echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control
done
mkdir -p /run/netns /run/lock
# On other hosts /dev/net/tun is made at boot, and loads the module when it is opened.
modprobe tun
hostname lab
ip link set lo up
# Where virtio-serial ports have no udev to name them.
for port in /sys/class/virtio-ports/*; do
  mkdir -p /dev/virtio-ports
  ln -sf "../${port##*/}" "/dev/virtio-ports/$(cat "$port/name")"
done

cd "$repository" || exit
# A session of its own, with the console as its terminal: a job may be a shell that somebody types into.
cat /sys/firmware/qemu_fw_cfg/by_name/opt/trestle/job/raw > /run/job
setsid -c -w sh /run/job < /dev/ttyS0 > /dev/ttyS0 2>&1
echo "{\"exit\":$?}" > /dev/virtio-ports/report
exec busybox poweroff -f
