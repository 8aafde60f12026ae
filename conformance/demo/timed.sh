#!/bin/bash
# timed.sh PROGRAM [ARGUMENT...]: runs a program; the last line on standard error says how many microseconds it took.
started=${EPOCHREALTIME/./}
"$@"
status=$?
echo $((${EPOCHREALTIME/./} - started)) >&2
exit $status
