#!/bin/busybox sh
# The first program of the lab's kernel, in its initramfs: puts the root together of the three images and goes there.
# What is written goes to memory. The repository is where it is on the real host, so that paths in messages are true.
export PATH=/bin
/bin/busybox --install -s /bin
mkdir -p /proc /dev /sys /system /repository /memory /root
mount -t proc proc /proc
mount -t devtmpfs dev /dev
mount -t sysfs sys /sys
for module in /modules/*; do
  insmod "$module"
done
attempt=0
while [ ! -b /dev/vdc ] && [ $attempt -lt 100 ]; do
  sleep 0.1
  attempt=$((attempt + 1))
done

repository=$(cat /sys/firmware/qemu_fw_cfg/by_name/opt/trestle/repository/raw)
mount -t tmpfs -o size=80%,mode=755 memory /memory
mkdir -p /memory/upper /memory/work "/memory/upper$repository" /memory/upper-repository /memory/work-repository
mount -t squashfs -o ro /dev/vda /system
mount -t squashfs -o ro /dev/vdc /repository
mount -t overlay -o lowerdir=/system,upperdir=/memory/upper,workdir=/memory/work root /root
mount -t overlay -o lowerdir=/repository,upperdir=/memory/upper-repository,workdir=/memory/work-repository \
  repository "/root$repository"
mkdir -p "/root$repository/node_modules"
mount -t squashfs -o ro /dev/vdb "/root$repository/node_modules"
for folder in dev proc sys; do
  mkdir -p "/root/$folder"
  mount --move "/$folder" "/root/$folder"
done
exec switch_root /root "$repository/conformance/lab/inside.sh" "$repository"
