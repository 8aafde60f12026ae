#!/bin/sh
# The guest as QEMU's options: the same where it is booted once (build.sh) and where it goes on from there (guest.ts), which QEMU
# demands. machine.sh FOLDER NETDEV OPTION...: the images, what its network card is plugged into, and whatever else QEMU is told.
set -eu
folder=$1
netdev=$2
shift 2
exec qemu-system-x86_64 -M pc -accel tcg -cpu qemu64 -smp 1 -m 96 -nodefaults -no-user-config -display none -no-reboot \
  -kernel "$folder/vmlinuz" -initrd "$folder/initramfs" \
  -append "console=ttyS0 quiet loglevel=1 panic=-1 mitigations=off no_timer_check random.trust_cpu=on" \
  -netdev "$netdev,id=cable" -device virtio-net-pci,netdev=cable,romfile= \
  -device virtio-rng-pci "$@"
