#!/usr/bin/env bash
# usage: tests/demonstration/with_hub.sh BIN tests/clients/inbox.sh python|typescript
# An example client follows the inbox of the agency that works in the hub: it hears of a contact, acknowledges it, goes on from where it left
# off, and over a hub that is stopped and started.
set -euo pipefail
clients=$(cd "$(dirname "$(readlink -f "$0")")/../../clients" && pwd)
# shellcheck source=deploy/demo/hub.sh
source deploy/demo/hub.sh
bin=$(dirname "$(command -v mash-hub)")

"$clients/$1/prepare.sh"
case $1 in
  python) client=("$clients/python/.venv/bin/python" "$clients/python/inbox.py") ;;
  typescript) client=(node "$clients/typescript/dist/src/inbox.js") ;;
esac
mkdir -p var/client
client+=(--address "$MASH_ADDRESS" --authority var/pki/ca.pem --certificate var/pki/social-care/cert.pem --key var/pki/social-care/key.pem
  --practitioner tri-07 --cursor var/client/cursor)
triage=(--as social-care --user tri-07 --role triage-officer)

fail() {
  printf '%s\n' "$*" >&2
  tail -n +1 var/client/* >&2
  exit 1
}
# until_so WHAT COMMAND...: asks again until the command succeeds.
until_so() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    "${@:2}" && return
    sleep 0.1
  done
  fail "not so: $1"
}
submit() { # prints the referral's id
  mash contact submit deploy/demo/police.json --new-ids --as police --user pc-4821 --role practitioner --json | jq -r .response.referral_id
}
# How often a file tells, in a state, of the notice that a contact was received.
count() { # FILE REFERRAL STATE
  jq -c --arg id "$2" --arg state "NOTICE_STATE_$3" \
    'select(.notice.rule == "contact-received" and .state == $state and (.notice.about | any(.kind == "referral" and .id == $id)))' "$1" | wc -l
}
tells() { [[ $(count "$@") == 1 ]]; }
knows() { # REFERRAL
  mash call NotificationService/ListInbox "${triage[@]}" '{}' | jq -c '.notices[]?' >var/client/listed
  tells var/client/listed "$1" ACKNOWLEDGED
}

# It hears of a contact, and says that the agency knows.
first=$(submit)
"${client[@]}" --role triage-officer --acknowledge --notices 1 >var/client/first
tells var/client/first "$first" OPEN || fail "it did not hear of the contact"
knows "$first" || fail "it did not acknowledge it"
[[ $(<var/client/cursor) -gt 0 ]] || fail "it did not keep its cursor"

# It goes on from there: what it dealt with comes again only as what it has become.
"${client[@]}" --role triage-officer --acknowledge >var/client/second 2>var/client/second.said &
follower=$!
until_so "it hears that the notice was acknowledged" tells var/client/second "$first" ACKNOWLEDGED
[[ $(count var/client/second "$first" OPEN) == 0 ]] || fail "it began anew"

# The hub goes away for a while.
stop_hub
until_so "it hears that the hub is away" grep -q UNAVAILABLE var/client/second.said
start_hub "$bin"
second=$(submit)
until_so "it hears of the next contact" tells var/client/second "$second" OPEN
until_so "it acknowledges that too" knows "$second"
kill -TERM "$follower"
wait "$follower" || fail "it did not end well: $?"

# What no repeating mends ends it, with the hub's reason.
if "${client[@]}" --role auditor >var/client/third 2>var/client/third.said; then fail "it was not refused"; fi
grep -q "PERMISSION_DENIED [A-Z_]*:" var/client/third.said || fail "it did not say why"
