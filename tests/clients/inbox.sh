#!/usr/bin/env bash
# usage: tests/demonstration/with_hub.sh BIN tests/clients/inbox.sh python|typescript
# An example client follows the inbox of the agency that works in the hub: it hears of a contact, acknowledges it, goes on from where it left
# off, over a hub that is stopped and started, and after the hub gave it up because it took nothing for too long.
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
  local end=$((SECONDS + patience))
  until "${@:2}"; do
    ((SECONDS < end)) || fail "not so: $1"
    sleep 0.1
  done
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

# The hub goes away for a while. The next one waits three seconds for who takes nothing.
stop_hub
export MASH_SERVER_STREAM_STALL_MS_MAX=3000
until_so "it hears that the hub is away" grep -q UNAVAILABLE var/client/second.said
start_hub "$bin"
second=$(submit)
until_so "it hears of the next contact" tells var/client/second "$second" OPEN
until_so "it acknowledges that too" knows "$second"
kill -TERM "$follower"
wait "$follower" || fail "it did not end well: $?"

# Held where it stands it takes nothing, and is given up. When it goes on it is told so, resumes, and has had each notice once.
# Only where a stopped process's window is full soon: in Python gRPC takes megabytes ahead.
if [[ $1 == typescript ]]; then
  after=$(<var/client/cursor)
  "${client[@]}" --role triage-officer >var/client/stalled 2>var/client/stalled.said &
  follower=$!
  third=$(submit)
  until_so "it follows" tells var/client/stalled "$third" OPEN
  kill -STOP "$follower"
  gives_up() { jq -e 'select(.reason == "STREAM_STALLED")' "$(program_log mash-hub)" >/dev/null; }
  mash-generate --seed 11 --count 1500 --agency police |
    mash contact submit - --new-ids --as police --role referrer-system --concurrency 32 --quiet
  until_so "the hub gives it up" gives_up
  kill -CONT "$follower"
  until_so "it hears that it was given up" grep -q "UNAVAILABLE.*STREAM_STALLED" var/client/stalled.said
  last=$(submit)
  until_so "it goes on" tells var/client/stalled "$last" OPEN
  kill -TERM "$follower"
  wait "$follower" || fail "it did not end well: $?"
  mash call NotificationService/ListInbox "${triage[@]}" '{"page_size": 500}' >var/client/page
  cursors() { jq -r --argjson after "$after" "$1 | .cursor | select(tonumber > \$after)" "$2" | sort; }
  [[ -z $(cursors . var/client/stalled | uniq -d) ]] || fail "it had a notice twice"
  missed=$(comm -13 <(cursors . var/client/stalled) <(cursors '.notices[]' var/client/page))
  [[ -z $missed ]] || fail "it missed notices: $missed"
fi

# What no repeating mends ends it, with the hub's reason.
if "${client[@]}" --role auditor >var/client/third 2>var/client/third.said; then fail "it was not refused"; fi
grep -q "PERMISSION_DENIED [A-Z_]*:" var/client/third.said || fail "it did not say why"
