#!/bin/sh
# Builds the programs pinned in go.mod beside this file: build.sh FOLDER. Needs Go 1.24 or newer, and its module proxy
# or a filled module cache. Each program appears whole or not at all, so any number of tests may build at once.
set -eu

out=$1
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin
command -v go > /dev/null || {
  echo "no Go" >&2
  exit 1
}

mkdir -p "$out"
work=$(mktemp -d "$out/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
# The toolchain that is here, never one that it would fetch by itself.
export GOTOOLCHAIN=local CGO_ENABLED=0
cd "$here"
go build -mod=readonly -trimpath -buildvcs=false -o "$work/" github.com/containernetworking/cni/cnitool
mv "$work"/* "$out"
