#!/bin/sh
# Builds the container images of the tests without a registry: build.sh FOLDER writes pause.tar and busybox.tar there.
#
# Both hold nothing but the host's static busybox (Debian package busybox-static), in the docker-archive layout that
# podman, containerd and docker load. The same busybox gives the same bytes. A file appears whole or not at all, so any
# number of tests may build at once.
set -eu

out=$1
mkdir -p "$out"
work=$(mktemp -d "$out/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT

root=$work/root
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/tmp" "$root/etc"
cp "$(command -v busybox)" "$root/bin/busybox"
for name in sh sleep cat echo ip ping nc hostname ls grep true; do
  ln -s busybox "$root/bin/$name"
done

chroot "$root" /bin/busybox true || {
  echo "busybox needs shared libraries: install busybox-static" >&2
  exit 1
}

# image FILE NAME:TAG COMMAND, the command as a JSON list
image() {
  folder=$work/$1
  mkdir "$folder"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$root" -cf "$folder/layer.tar" .
  digest=$(sha256sum "$folder/layer.tar" | cut -d ' ' -f 1)
  machine=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  cat > "$folder/config.json" << JSON
{"architecture": "$machine", "os": "linux", "config": {"Cmd": $3, "Env": ["PATH=/bin"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$digest"]}}
JSON
  cat > "$folder/manifest.json" << JSON
[{"Config": "config.json", "RepoTags": ["$2"], "Layers": ["layer.tar"]}]
JSON
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$folder" -cf "$work/$1.tar" \
    manifest.json config.json layer.tar
  mv "$work/$1.tar" "$out/$1.tar"
}

# A first process ignores the signals that it does not handle; runtimes end these with SIGKILL.
image pause localhost/trestle-pause:1 '["/bin/sleep", "2147483647"]'
image busybox localhost/trestle-busybox:1 '["/bin/sleep", "3600"]'
