# What stands before the body of every mutant: ways to call the real plugin, which is $plugin, and to change what goes in and
# comes out. $work is a folder for files: that of the fake node, because the node's /tmp is the host's.

# This shell exports it, and a delegate would see one variable more than its caller has.
unset PWD

# Not mktemp(1), and nothing is removed: the folder goes with the node, and a plugin is started some ten thousand times.
input=$work/input.$$
cat > "$input"

# The plugin itself, with the same standard input.
real() { "$plugin" < "$input"; }

# True where the configuration is as a filter of jq says.
config() { jq -e "$@" < "$input" > "$input.answer" 2>&1; }

# Lets a filter of jq change the configuration; what is no JSON stays as it is.
configure() {
  ! jq -c "$@" < "$input" > "$input.changed" 2> /dev/null || cat "$input.changed" > "$input"
}

# real, with what it prints changed by a filter of jq.
reprint() {
  printed=$(real)
  code=$?
  printf %s "$printed" | jq "$@"
  return "$code"
}

# The same for results alone, and for errors alone.
reprint_result() { reprint "if has(\"code\") or has(\"supportedVersions\") then . else ($1) end"; }
reprint_error() { reprint "if has(\"code\") then ($1) else . end"; }

# Prints an error with a code and a message, and ends.
refuse() {
  jq -n --argjson code "$1" --arg msg "$2" '{cniVersion: "1.1.0", code: $code, msg: $msg}'
  exit 1
}

# ip(8) in the container's namespace.
inside() { nsenter --net="$CNI_NETNS" ip "$@"; }

# A number that stands for the container, from which nobody tells which one it is.
number_of_container() { printf %s "$CNI_CONTAINERID" | cksum | cut -d ' ' -f 1; }

# The file of the delegate; false where there is none.
delegate() {
  type=$(jq -r '.ipam.type // empty' < "$input" 2> /dev/null)
  for folder in $(printf %s "${CNI_PATH-}" | tr : ' '); do
    [ -z "$type" ] || [ ! -f "$folder/$type" ] || { echo "$folder/$type"; return; }
  done
  return 1
}

# real with a script of its own between it and its delegate, the body of which is given: there `next` is the delegate.
between() {
  next=$(delegate) || { real; return; }
  mkdir "$input.between"
  {
    echo '#!/bin/sh'
    echo 'unset PWD'
    echo "next() { CNI_PATH='$CNI_PATH' '$next'; }"
    printf '%s\n' "$1"
  } > "$input.between/${next##*/}"
  chmod +x "$input.between/${next##*/}"
  CNI_PATH="$input.between:$CNI_PATH" real
}

