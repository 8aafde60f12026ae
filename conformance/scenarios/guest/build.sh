#!/bin/sh
# Makes a guest for the scenarios, a virtual machine of a kernel and busybox: build.sh KERNEL FOLDER, with the kernel that
# conformance/lab/build.sh has unpacked in KERNEL. It is booted once, and its state kept: that is where guests start from, because
# inside the lab, where a processor that is emulated emulates a processor, booting takes a minute.
set -eu

kernel=$1
out=$2
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
release=$(ls "$kernel/usr/lib/modules")

key="$release $(busybox | head -n 1) $(qemu-system-x86_64 --version | head -n 1) $(cat "$here"/*.sh | sha256sum)"
[ "$(cat "$out/key" 2> /dev/null)" != "$key" ] || exit 0

mkdir -p "$out"
rm -rf "$out/key" "$out/new"
mkdir -p "$out/new/tree/bin" "$out/new/tree/modules"
cd "$out/new"
cp "$(command -v busybox)" tree/bin/busybox
cp "$here/init.sh" tree/init
chmod +x tree/init
number=100
for module in virtio_pci virtio_net virtio_rng; do
  for file in $(modprobe -d "$kernel/usr" -S "$release" --show-depends $module | sed -n 's/^insmod //p'); do
    [ -n "$(find tree/modules -name "*-${file##*/}")" ] || cp "$file" "tree/modules/$number-${file##*/}"
    number=$((number + 1))
  done
done
(cd tree && find . | cpio --quiet -o -H newc | gzip -1) > "$out/initramfs"
cp "$kernel/vmlinuz" "$out/vmlinuz"

# Its card is plugged into nothing yet. A monitor that is told to migrate is done with it before it reads on.
: > console
{
  attempt=0
  until grep -q ready console || [ $attempt -eq 1200 ]; do
    attempt=$((attempt + 1))
    sleep 0.1
  done
  echo "migrate \"exec:cat > state\""
  echo quit
} | timeout 150 "$here/machine.sh" "$out" hubport,hubid=0 -serial file:console -monitor stdio > monitor 2>&1 || {
  cat console monitor >&2
  exit 1
}
grep -q ready console && [ -s state ] || {
  cat console monitor >&2
  exit 1
}
mv state "$out/state"
cd "$out"
rm -rf new
echo "$key" > key
