#!/usr/bin/env bash
# usage: tests/demonstration/with_hub.sh BIN tests/clients/webhook.sh
# The example server of webhooks is called by a hub: it hears of a contact, also of one that came in while it was away, and takes each once.
set -euo pipefail
clients=$(cd "$(dirname "$(readlink -f "$0")")/../../clients" && pwd)
# shellcheck source=deploy/demo/hub.sh
source deploy/demo/hub.sh
bin=$(dirname "$(command -v mash-hub)")
mkdir -p var/client
port=''
claim_ports port 1
triage=(--as social-care --user tri-07 --role triage-officer)

fail() {
  printf '%s\n' "$*" >&2
  tail -n +1 var/client/* >&2
  exit 1
}
until_so() { # WHAT COMMAND...
  local end=$((SECONDS + patience))
  until "${@:2}"; do
    ((SECONDS < end)) || fail "not so: $1"
    sleep 0.1
  done
}
serve() {
  python3 "$clients/python/webhook.py" --listen "127.0.0.1:$port" --certificate var/pki/hub/cert.pem --key var/pki/hub/key.pem \
    --secret var/client/secret --taken var/client/taken >>var/client/told 2>>var/client/said &
  server=$!
}
submit() { # prints the referral's id
  mash contact submit deploy/demo/police.json --new-ids --as police --user pc-4821 --role practitioner --json | jq -r .response.referral_id
}
# It listens: else the hub would find nobody, and try again only after a while.
serves() { is_taken "$port"; }
count() { # REFERRAL
  jq -c --arg id "$1" 'select(.rule == "contact-received" and (.about | any(.id == $id)))' var/client/told | wc -l
}
tells() { [[ $(count "$1") == 1 ]]; }
# What it printed it has for taken too, on disk: stopped in between it would rightly print it again.
has_all_for_taken() { [[ $(wc -l <var/client/told) == "$(wc -l <var/client/taken)" ]]; }

stop_hub
export MASH_WEBHOOK_AUTHORITY=var/pki/ca.pem
sed "/^\[agencies.social-care\]/a webhook_hosts = [\"127.0.0.1:$port\"]" deploy/mash.toml >var/client/mash.toml
start_hub "$bin" var/client/mash.toml
echo "whsec_$(head -c 32 /dev/urandom | base64 -w0)" >var/client/secret
jq -n --arg url "https://127.0.0.1:$port/notices" --rawfile secret var/client/secret \
  '{name: "duty desk", channels: [{kind: "CHANNEL_KIND_WEBHOOK", address: $url, secret: ($secret | rtrimstr("\n"))}]}' >var/client/desk.json
mash inbox set-contacts --contact var/client/desk.json --as social-care --user mgr-01 --role mash-manager
shown=$(mash inbox contacts "${triage[@]}")
[[ $shown == *"https://127.0.0.1:$port/notices"* ]] || fail "the contact is not shown"
shown=$(mash inbox contacts --json "${triage[@]}")
[[ $shown != *whsec_* ]] || fail "the secret is shown"

serve
until_so "it listens" serves
first=$(submit)
until_so "it hears of a contact" tells "$first"
until_so "it has that for taken" has_all_for_taken
kill "$server"
wait "$server" || true
second=$(submit)
serve
until_so "it hears of what came while it was away" tells "$second"
tells "$first" || fail "it took a notice twice"
kill "$server"
wait "$server" || true
