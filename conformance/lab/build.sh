#!/bin/sh
# Makes what the lab boots, in FOLDER: build.sh FOLDER. Each part is made again only when what it is made of has changed,
# and appears whole or not at all:
#
#   kernel/          Debian's stock cloud kernel, downloaded once and unpacked, never installed
#   initramfs        busybox, a few modules and init.sh
#   system.sqfs      the programs of this machine: Debian packages as they are installed here, Node, the kernel's modules
#   packages.sqfs    node_modules
#   repository.sqfs  everything else of the repository, with what was built; dist/guest, which is made as well, is in it
#
# One at a time: the second waits, and finds everything made. Exit 3 says, in one line, why this machine cannot have a lab;
# anything else but 0 is a failure.
set -eu

out=$1
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

cannot() {
  echo "$1" >&2
  exit 3
}

[ "$(uname -m)" = x86_64 ] || cannot "its kernel is for x86-64, and it runs the programs of this machine"
for program in qemu-system-x86_64 mksquashfs cpio depmod busybox node; do
  command -v $program > /dev/null || cannot "no $program"
done

mkdir -p "$out"
exec 9> "$out/lock"
flock -w 600 9 || {
  echo "another build of $out does not end" >&2
  exit 1
}
new=$out/new
rm -rf "$new"
mkdir "$new"
trap 'rm -rf "$new"' EXIT

# apt-get leaves a notice about its sandbox, which is of no interest.
fetch_kernel() {
  package=$(apt-cache depends linux-image-cloud-amd64 2> /dev/null | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p')
  [ -n "$package" ] && (cd "$new" && timeout 120 apt-get -o APT::Sandbox::User=root -qq download "$package" >&2)
}

if [ ! -d "$out/kernel" ]; then
  # The lists of packages may be older than the mirror.
  fetch_kernel || { timeout 120 apt-get update -qq >&2 && fetch_kernel; } ||
    cannot "no kernel: apt-get cannot download what linux-image-cloud-amd64 depends on"
  dpkg -x "$new"/linux-image-*.deb "$new/unpacked"
  mkdir -p "$new/kernel/usr/lib"
  mv "$new/unpacked/boot/"vmlinuz-* "$new/kernel/vmlinuz"
  mv "$new/unpacked/lib/modules" "$new/kernel/usr/lib/modules"
  depmod -b "$new/kernel/usr" "$(ls "$new/kernel/usr/lib/modules")"
  mv "$new/kernel" "$out/kernel"
fi
release=$(ls "$out/kernel/usr/lib/modules")

# changed PART KEY: whether PART was made of something else than KEY. Its key is kept beside it, and written after it.
changed() {
  [ ! -e "$out/$1" ] || [ "$(cat "$out/$1.key" 2> /dev/null)" != "$2" ]
}

finish() {
  mv -f "$new/$1" "$out/$1"
  echo "$2" > "$out/$1.key"
}

# Fast to make and to read rather than small: it lives as long as the inputs stay the same.
squash() {
  mksquashfs "$@" -comp lz4 -no-progress -quiet -noappend -no-xattrs > "$new/log" 2>&1 || {
    cat "$new/log" >&2
    exit 1
  }
}

key="$release $(busybox | head -n 1) $(sha256sum < "$here/init.sh") $(sha256sum < "$0")"
if changed initramfs "$key"; then
  tree=$new/tree
  mkdir -p "$tree/bin" "$tree/modules"
  cp "$(command -v busybox)" "$tree/bin/busybox"
  cp "$here/init.sh" "$tree/init"
  chmod +x "$tree/init"
  number=100
  for module in virtio_pci virtio_blk virtio_console virtio_rng qemu_fw_cfg squashfs overlay; do
    for file in $(modprobe -d "$out/kernel/usr" -S "$release" --show-depends $module | sed -n 's/^insmod //p'); do
      [ -n "$(find "$tree/modules" -name "*-${file##*/}")" ] || cp "$file" "$tree/modules/$number-${file##*/}"
      number=$((number + 1))
    done
  done
  (cd "$tree" && find . | cpio --quiet -o -H newc | gzip -1) > "$new/initramfs"
  finish initramfs "$key"
fi

# The packages of the tests with all that they depend on, and what every Debian has.
packages=$({
  dpkg-query -W -f '${Priority} ${Package}\n' | sed -n 's/^required //p'
  # shellcheck disable=SC2046 # a list of names
  apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances $("$here/../packages.sh" --list) | grep '^[a-z0-9]'
} | sort -u)
# shellcheck disable=SC2086 # a list of names
installed=$(dpkg-query -W -f '${db:Status-Status} ${binary:Package} ${Version}\n' $packages 2> /dev/null | sed -n 's/^installed //p')
key="$release $(echo "$installed" | sha256sum) $(node --version) $(sha256sum < "$0")"
if changed system.sqfs "$key"; then
  node=$(readlink -f "$(command -v node)")
  {
    # shellcheck disable=SC2046
    dpkg -L $(echo "$installed" | cut -d ' ' -f 1) | grep -vE '^/usr/share/(doc|man|locale|info|lintian)/'
    # Not a package everywhere. Its libraries are packages or not.
    echo "$node"
    ldd "$node" | grep -oE '/[^ ]+' | while read -r library; do
      printf '%s\n' "$library" "$(readlink -f "$library")"
    done
    # What packages make when they are installed: alternatives, users, the cache of the linker.
    find /usr/bin /usr/sbin /etc/alternatives -lname '*'
    printf '%s\n' /etc/passwd /etc/group /etc/ld.so.cache /etc/nsswitch.conf /bin /sbin /lib /lib64
  } | sed -E 's,^/(bin|sbin|lib|lib64)/,/usr/\1/,; s,^/+,,' | sort -u | while read -r path; do
    [ ! -e "/$path" ] && [ ! -L "/$path" ] || echo "./$path"
  done > "$new/programs"
  (cd "$out/kernel" && find ./usr) > "$new/modules"
  tar -c --no-recursion --format=posix -C / -T "$new/programs" -C "$out/kernel" -T "$new/modules" > "$new/system.tar"
  squash - "$new/system.sqfs" -tar < "$new/system.tar"
  finish system.sqfs "$key"
fi

# Guests of the scenarios are virtual machines inside this one; theirs is beside the folder that is left out below.
"$here/../scenarios/guest/build.sh" "$out/kernel" "$repository/dist/guest"

key="$(sha256sum < "$repository/node_modules/.package-lock.json") $(sha256sum < "$0")"
if changed packages.sqfs "$key"; then
  squash "$(readlink -f "$repository/node_modules")" "$new/packages.sqfs"
  finish packages.sqfs "$key"
fi

files() {
  cd "$repository" && find . -path ./.git -prune -o -path ./dist/lab -prune -o -path ./node_modules -prune -o -type f "$@"
}
key="$(files -printf '%p %s %T@\n' | sort | sha256sum) $(sha256sum < "$0")"
if changed repository.sqfs "$key"; then
  squash "$repository" "$new/repository.sqfs" -wildcards -e .git dist/lab node_modules
  finish repository.sqfs "$key"
fi
