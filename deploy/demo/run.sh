#!/usr/bin/env bash
# usage: deploy/demo/run.sh [--once] [--seed N] [--contacts N]       (./dev run builds first, then calls this)
#
# Starts the hub on its embedded default, tells a story with three agencies through the real API, sends generated contacts, and
# prints what an auditor's verification says. Leaves the hub running; with --once stops it. All it writes is in var/.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

bin=${MASH_BIN:-$PWD/build/release/bin}
once=false seed=$((RANDOM * 32768 + RANDOM)) contacts=1000
while [[ $# -gt 0 ]]; do
  case $1 in
    --once) once=true ;;
    --seed) seed=${2:?--seed needs a number} && shift ;;
    --contacts) contacts=${2:?--contacts needs a number} && shift ;;
    *) echo "usage: ./dev run [--once] [--seed N] [--contacts N]" >&2 && exit 2 ;;
  esac
  shift
done

say() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }

say "Certificates of the demonstration, in var/pki"
deploy/pki/make-demo-pki.sh

# shellcheck source=deploy/demo/hub.sh
source deploy/demo/hub.sh
say "Starting the hub; its log is in $(program_log mash-hub)"
start_hub "$bin"
if $once; then trap stop_hub EXIT; fi

say "A story of one family, told by three agencies; what is taken away from the hub lies in var/demo"
PATH=$bin:$PATH deploy/demo/story.sh

say "$contacts generated contacts (seed $seed), each agency sending its own"
PATH=$bin:$PATH deploy/demo/contacts.sh "$seed" "$contacts"

say "An auditor keeps a checkpoint and its public key: later they show whether anything was changed"
rm -f var/demo/today.checkpoint var/demo/hub.key
"$bin/mash" checkpoint --log referral --out var/demo/today.checkpoint --key-out var/demo/hub.key --as auditor --user aud-03

say "What verification says while the hub runs: every byte read again, every hash computed again"
"$bin/mash" call LogService/VerifyLog '{"log": "referral", "with_views": true}' --as auditor --user aud-03 --json |
  tee var/demo/verified.jsonl | tail -n 1 | jq -r '"\(.records_checked) records checked, \(.faults // [] | length) faults"'
[[ $(tail -n 1 var/demo/verified.jsonl | jq '.done and ((.faults // []) == [])') == true ]] ||
  { echo "the log does not hold: see var/demo/verified.jsonl" >&2 && exit 1; }

if $once; then
  say "The hub stops, and the same is said of its folder, against that checkpoint and key"
  stop_hub
  "$bin/mash" verify --data var/hub/referral --checkpoint var/demo/today.checkpoint --key var/demo/hub.key
  echo "the demonstration went as it should"
else
  cat <<TEXT

The hub is running (process $(hub_pid)):
  gRPC, mutual TLS   127.0.0.1:7443        certificates in var/pki
  metrics            http://127.0.0.1:9464/metrics
  data               var/hub               log in $(program_log mash-hub)

  export PATH=\$PWD/build/release/bin:\$PATH
  mash referral list --user tri-07
  ./dev stop
TEXT
fi
