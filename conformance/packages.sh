#!/bin/sh
# Installs the Debian packages that the tests need and this machine lacks. Quiet, changes nothing when all are there, and
# never fails: what could not be had is named, and the tests that need it report themselves as skipped.
# packages.sh --lab installs what conformance/lab needs as well;
# packages.sh --list prints those that the virtual machine of conformance/lab has inside: QEMU as well, for guests in it.
set -u

PACKAGES="iproute2 util-linux procps nftables iptables conntrack tcpdump iputils-ping busybox-static
  containernetworking-plugins podman conmon runc containerd strace jq kmod"

# For conformance/lab alone, which runs the programs of this machine in an amd64 one, where it is not switched off.
[ "$(uname -m)" != x86_64 ] || [ "${TRESTLE_LAB:-}" = off ] || LAB_PACKAGES="qemu-system-x86 squashfs-tools cpio"

if [ "${1:-}" = --list ]; then
  # shellcheck disable=SC2086 # a list of names
  printf '%s\n' $PACKAGES qemu-system-x86
  exit
fi
[ "${1:-}" != --lab ] || PACKAGES="$PACKAGES ${LAB_PACKAGES:-}"

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

lacking() {
  for package in $PACKAGES; do
    is_installed "$package" || printf '%s ' "$package"
  done
}

report() {
  echo "packages: could not install: $1($2); tests that need them are skipped" >&2
}

missing=$(lacking)
[ -n "$missing" ] || exit 0
if [ -z "$(command -v apt-get)" ]; then
  report "$missing" "no apt-get"
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  report "$missing" "not root"
  exit 0
fi

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
get() {
  # shellcheck disable=SC2086 # a list of names
  apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" > "$log" 2>&1
}

echo "packages: installing $missing" >&2
# One package that this release does not have would stop all the others, so after a failure each is tried alone.
# shellcheck disable=SC2086
if ! get $missing; then
  apt-get update -qq > "$log" 2>&1
  for package in $missing; do
    get "$package" || true
  done
fi

missing=$(lacking)
[ -z "$missing" ] || report "$missing" "$(tail -n 1 "$log")"
