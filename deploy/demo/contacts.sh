#!/usr/bin/env bash
# usage: deploy/demo/contacts.sh SEED COUNT      (mash and mash-generate on PATH)
# Sends COUNT generated contacts to the hub, each agency those it would send.
set -euo pipefail
seed=$1 count=$2

for agency in police education health social-care; do
  who=(--as "$agency" --role referrer-system)
  # Who rings the front door speaks to a triage officer, who submits for them.
  [[ $agency == social-care ]] && who=(--as social-care --user tri-07 --role triage-officer)
  printf '%-12s ' "$agency"
  mash-generate --seed "$seed" --count "$count" --agency "$agency" 2>/dev/null |
    mash contact submit - --quiet --concurrency 16 "${who[@]}" 2>&1
done
