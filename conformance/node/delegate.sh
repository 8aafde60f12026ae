#!/bin/sh
# A delegated plugin that does what the folder beside it says: NAME.d/ADD.out and ADD.err are what it prints on ADD, a
# shell command in ADD.end is how it ends; the same for the other commands. Each call is kept in NAME.d/calls.
folder=$0.d
mkdir -p "$folder/calls"
number=$(($(ls "$folder/calls" | grep -c stdin) + 1))
cat > "$folder/calls/$number.stdin"
env | sort > "$folder/calls/$number.env"
[ ! -e "$folder/$CNI_COMMAND.out" ] || cat "$folder/$CNI_COMMAND.out"
[ ! -e "$folder/$CNI_COMMAND.err" ] || cat "$folder/$CNI_COMMAND.err" >&2
[ ! -e "$folder/$CNI_COMMAND.end" ] || . "$folder/$CNI_COMMAND.end"
