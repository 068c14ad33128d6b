#!/usr/bin/env bash
# usage: deploy/demo/run.sh [--once] [--seed N] [--contacts N]       (./dev run builds first, then calls this)
#
# Starts the hub on its embedded default, tells a story with three agencies through the real API, sends generated contacts, and
# prints what an auditor's verification says. Leaves the hub running; with --once stops it. All it writes is in var/.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

bin=$PWD/build/release/bin
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
say "Starting the hub; its log is in $hub_log"
start_hub "$bin"
if $once; then trap stop_hub EXIT; fi

say "A story in twelve steps"
PATH=$bin:$PATH deploy/demo/story.sh

say "$contacts generated contacts (seed $seed), each agency sending its own"
PATH=$bin:$PATH deploy/demo/contacts.sh "$seed" "$contacts"

say "What an auditor's verification says: every byte read again, every hash computed again"
"$bin/mash" verify --as auditor

if $once; then
  say "Stopping the hub"
  stop_hub
  echo "the demonstration went as it should"
else
  cat <<TEXT

The hub is running (process $(hub_pid)):
  gRPC, mutual TLS   127.0.0.1:7443        certificates in var/pki
  metrics            http://127.0.0.1:9464/metrics
  data               var/hub               log in $hub_log

  export PATH=\$PWD/build/release/bin:\$PATH
  mash referral list --as social-care --user tri-07 --role triage-officer
  ./dev stop
TEXT
fi
