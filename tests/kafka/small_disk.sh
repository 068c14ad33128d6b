#!/usr/bin/env bash
# usage: tests/fault/on_small_disk.sh tests/demonstration/with_cluster.sh BIN tests/kafka/small_disk.sh
# The disk of one service, mash-sharing, gets full while contacts arrive: it says so and waits, the others go on, and when there is room it
# follows by itself. Then everything has taken effect once (check_once.py).
set -euo pipefail
# shellcheck source=deploy/cluster/cluster.sh
source deploy/cluster/cluster.sh
here=$(dirname "$(readlink -f "$0")")
bin=${MASH_BIN:?set by with_cluster.sh}
seed=7
# shellcheck source=tests/kafka/load.sh
source "$here/load.sh"
[[ -n ${MASH_SMALL_DISK:-} ]] || { echo "skipped: a file system of its own cannot be mounted here"; exit 77; }
trap 'kill "${load[@]}" 2>/dev/null || true' EXIT

# How a service stands with the referral log: what it says by jq.
of_referral() { # SERVICE WHAT
  mash call LogService/ListFeeds "{\"log\": \"$1\"}" --json --as operator --user op-01 --role operator |
    jq -r ".feeds[] | select(.feed | endswith(\"/referral\")) | $2"
}
until_so() { # WHAT COMMAND...
  local end=$((SECONDS + patience)) what=$1
  shift
  until "$@"; do
    ((SECONDS < end)) || { echo "not so: $what" >&2; return 1; }
    sleep 0.2
  done
}
is_full() { [[ $(of_referral sharing '.reason // ""') == DISK_FULL ]]; }
position() { of_referral "$1" '(.position // 0) | tonumber'; } # SERVICE
has_come() { (($(position "$1") >= $2)); }                     # SERVICE POSITION

say "mash-sharing gets a disk of its own, of 96 MB, of which it leaves 40 free"
stop_program mash-sharing
cp -r var/cluster/sharing/. "$MASH_SMALL_DISK"
mv var/cluster/sharing var/cluster/sharing-before
ln -s "$MASH_SMALL_DISK" var/cluster/sharing
sed 's/^\[storage\]$/&\nfree_bytes_min = 41943040/' deploy/cluster/mash.toml >var/mash.toml
grep -q free_bytes_min var/mash.toml
MASH_CLUSTER_CONFIG=var/mash.toml start_service "$bin" sharing
start_load police health
until_so "contacts are followed" has_come sharing 20

say "all but 30 MB of it is taken"
free=$(($(df --output=avail -k "$MASH_SMALL_DISK" | tail -n 1) - 30 * 1024))
((free > 0))
head -c "${free}k" /dev/zero >"$MASH_SMALL_DISK/filler"
until_so "mash-sharing says that its disk is full" is_full
stands=$(position sharing)
say "it has come to $stands, and stands; the others go on"
for each in strategy notification; do until_so "mash-$each goes on" has_come "$each" $((stands + 40)); done
is_full
(($(position sharing) == stands))

say "there is room again"
rm "$MASH_SMALL_DISK/filler"
until_so "mash-sharing goes on by itself" has_come sharing $((stands + 40))
end_load
python3 "$here/check_once.py"
say "done"
