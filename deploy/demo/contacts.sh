#!/usr/bin/env bash
# usage: deploy/demo/contacts.sh SEED COUNT      (mash and mash-generate on PATH)
# Sends COUNT generated contacts to the hub, each agency those it would send.
set -euo pipefail
seed=$1 count=$2

for agency in police education health social-care; do
  printf '%-12s ' "$agency"
  mash-generate --seed "$seed" --count "$count" --agency "$agency" 2>/dev/null |
    mash contact submit - --as "$agency" --user "$agency-system" --role practitioner --json |
    jq -rs '"\(length) submitted, \([.[] | select(.set_aside != null)] | length) with something set aside for a person to look at"'
done
