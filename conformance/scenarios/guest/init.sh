#!/bin/busybox sh
# The only program of a guest: its console is a shell for guest.ts, which gets one line for each command that it sends, after the
# output of the command: "=" and the exit code.
export PATH=/bin
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in /modules/*; do
  insmod "$module"
done
ip link set lo up
exec < /dev/ttyS0 > /dev/ttyS0 2>&1
stty raw -echo
echo ready
while read -r command; do
  (eval "$command") < /dev/null
  echo "= $?"
done
poweroff -f
