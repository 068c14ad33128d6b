#!/usr/bin/env bash
# usage: unshare --map-root-user --mount tests/kafka/full_disk.sh FOLDER PROGRAM [ARGUMENT...]
# Runs a follower whose log is in FOLDER/small, a file system of 8 MB that has hardly any room: it must end and say that there is no
# space, and again while that is so. With room it must come to its end. Then its log is in FOLDER/log, outside.
set -euo pipefail
folder=$1
shift
mkdir "$folder/small"
mount -t tmpfs -o size=8m none "$folder/small"
head -c 7m /dev/zero >"$folder/small/filler"

# It ends by the log's own word, and not by an assertion of RocksDB's, which Debian builds with them (vault/store_notes.h).
reasons='No space left on device'
for attempt in first second; do
  if "$@" 2>"$folder/said"; then
    echo "the $attempt time it did not notice that there is no space" >&2
    exit 1
  fi
  if grep -q Assertion "$folder/said" || ! grep -qE "$reasons" "$folder/said"; then
    echo "the $attempt time it did not say that there is no space, but:" >&2
    cat "$folder/said" >&2
    exit 1
  fi
done
# All the room there was had been taken.
(($(du -sk "$folder/small/log" | cut -f1) > 500)) || { echo "it had not begun when the disk was full" >&2; exit 1; }

rm "$folder/small/filler"
"$@"
cp -r "$folder/small/log" "$folder/log"
