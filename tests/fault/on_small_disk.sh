#!/usr/bin/env bash
# usage: tests/fault/on_small_disk.sh PROGRAM [ARGUMENT...]
# Runs a program that finds in MASH_SMALL_DISK a folder which is a file system of 96 MB, mounted for it alone. Where none can be mounted
# it runs without, and says what it then leaves out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rmdir "$folder"' EXIT
# shellcheck disable=SC2016
mounted=(unshare --map-root-user --mount bash -c 'mount -t tmpfs -o size=96m none "$1" && MASH_SMALL_DISK=$1 "${@:2}"' _ "$folder")
if "${mounted[@]}" true 2>/dev/null; then "${mounted[@]}" "$@"; else "$@"; fi
