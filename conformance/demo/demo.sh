#!/bin/sh
# make demo: shows two containers getting their network from config.json, on a node that exists only meanwhile.
#
# What the demo needs and this machine lacks is installed, which is the only thing that it changes here.
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin # su(1) leaves these out

here=$(cd "$(dirname "$0")" && pwd)
case $(uname -m) in
  aarch64 | arm64) machine=aarch64 ;;
  *) machine=x64 ;;
esac
bun=$here/../../node_modules/@oven/bun-linux-$machine/bin/bun

stop() {
  echo "demo: $*" >&2
  exit 1
}

[ -x "$bun" ] || stop "needs the packages of package.json: run make first"
[ "$(id -u)" -eq 0 ] || stop "needs root, to make network namespaces: try sudo make demo"

lacking=
for pair in ip:iproute2 ping:iputils-ping nft:nftables; do
  command -v "${pair%%:*}" > /dev/null || lacking="$lacking ${pair#*:}"
done

# shellcheck disable=SC2086 # a list of names
install() {
  export DEBIAN_FRONTEND=noninteractive
  set -- -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 $lacking
  apt-get install "$@" || { apt-get update -qq && apt-get install "$@"; }
}

if [ -n "$lacking" ]; then
  command -v apt-get > /dev/null || stop "needs these packages, and there is no apt-get to install them:$lacking"
  printf 'Installing the Debian packages%s ' "$lacking"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  install > "$log" 2>&1 &
  while kill -0 $! 2> /dev/null; do
    printf .
    sleep 1
  done
  wait $! || stop "cannot install$lacking: $(tail -n 3 "$log")"
  echo " done"
  rm -f "$log"
fi

exec "$bun" "$here/main.ts"
