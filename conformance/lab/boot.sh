#!/bin/sh
# Boots the lab: boot.sh FOLDER JOB, with what build.sh made in FOLDER and a shell text to run inside. Its console is standard
# input and output; descriptor 3, a socket, gets what is written to /dev/virtio-ports/report inside. It ends with its parent.
set -eu

images=$1
job=$2
repository=$(cd "$(dirname "$0")/../.." && pwd)
cpus=$(nproc)

# In the options of QEMU a comma is written twice.
quoted() {
  printf '%s' "$1" | sed 's/,/,,/g'
}
drive() {
  echo "file=$(quoted "$images/$1.sqfs"),if=none,id=$1,format=raw,readonly=on,file.locking=off"
}

# Without no_timer_check a kernel whose processors are emulated too slowly gives up at boot. Five-level page tables (la57) make
# every miss of the emulated TLB dearer: a third of the time to boot. Any other clock than the TSC is a device that is emulated, too.
# The last three options save work that no test needs: clearing memory, AppArmor, waiting for grace periods of RCU. KVM is not
# tried: nested, it may take the device and hang.
exec setpriv --pdeathsig KILL qemu-system-x86_64 -M pc -accel tcg,thread=multi -cpu max,la57=off -smp "$((cpus < 4 ? cpus : 4))" -m 3072 \
  -nodefaults -no-user-config -display none -no-reboot \
  -kernel "$images/kernel/vmlinuz" -initrd "$images/initramfs" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check tsc=reliable random.trust_cpu=on init_on_alloc=0 apparmor=0 rcupdate.rcu_expedited=1" \
  -chardev stdio,id=console,signal=off -serial chardev:console \
  -device virtio-serial-pci -chardev socket,id=report,fd=3 -device virtserialport,chardev=report,name=report \
  -drive "$(drive system)" -device virtio-blk-pci,drive=system \
  -drive "$(drive packages)" -device virtio-blk-pci,drive=packages \
  -drive "$(drive repository)" -device virtio-blk-pci,drive=repository \
  -device virtio-rng-pci \
  -fw_cfg "name=opt/trestle/repository,string=$(quoted "$repository")" \
  -fw_cfg "name=opt/trestle/job,string=$(quoted "$job")"
