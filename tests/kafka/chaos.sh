#!/usr/bin/env bash
# usage: tests/demonstration/with_cluster.sh BIN tests/kafka/chaos.sh      (MASH_CHAOS_SEED, MASH_CHAOS_ROUNDS: 2)
# Contacts arrive all the time, while at random points every service is killed with SIGKILL and started again, the vault among them, and the
# broker is stopped and killed. Every contact is acknowledged; what follows from each event of each log is then in every service exactly once,
# as a program finds from the logs (check_once.py). Nothing that a demonstration's story, a contact or a contact card says of anybody is in
# what the broker keeps (planted.py).
set -euo pipefail
# shellcheck source=deploy/cluster/cluster.sh
source deploy/cluster/cluster.sh
here=$(dirname "$(readlink -f "$0")")
bin=${MASH_BIN:?set by with_cluster.sh}
seed=${MASH_CHAOS_SEED:-$(date +%s)} rounds=${MASH_CHAOS_ROUNDS:-2}
# shellcheck source=tests/kafka/load.sh
source "$here/load.sh"
RANDOM=$((seed % 32768))
say "MASH_CHAOS_SEED=$seed"

# --- what is not to be found: a story, contacts, a contact card with a channel and its secret ---
webhook_port=''
claim_ports webhook_port 1
cp deploy/cluster/mash.toml var/mash.toml
sed -i "/^\[agencies.social-care\]/a webhook_hosts = [\"localhost:$webhook_port\"]" var/mash.toml
printf '\n[webhook]\nauthority = "var/pki/ca.pem"\n' >>var/mash.toml
export MASH_CLUSTER_CONFIG=var/mash.toml
python3 "$here/webhook.py" "$webhook_port" var/pki/hub/cert.pem var/pki/hub/key.pem >var/webhook &
webhook=$!
ended() { kill "$webhook" "${load[@]}" ${erasing:+"$erasing"} 2>/dev/null || true; }
trap ended EXIT
start_service "$bin" notification
card='{"name": "Wilhelmina Featherstonehaugh", "channels": [{"kind": "CHANNEL_KIND_WEBHOOK",
  "address": "https://localhost:'$webhook_port'/featherstonehaugh", "secret": "whsec_RmVhdGhlcnN0b25laGF1Z2ggaXMgcGxhbnRlZCBoZXJl"}]}'
echo "$card" >var/card.json
mash inbox set-contacts --contact var/card.json --as social-care --user mgr-01 --role mash-manager >/dev/null
say "a story is told: contacts, decisions on sharing, a discussion"
deploy/demo/story.sh >var/story 2>&1 || { tail -n 20 var/story >&2; exit 1; }

# --- what happens to them ---
at_random() { sleep "0.$((RANDOM % 90 + 10))"; }
again() { # SERVICE...
  local service
  for service in "$@"; do
    at_random
    say "mash-$service is killed, and started again"
    kill_program "mash-$service"
    at_random
    start_service "$bin" "$service"
  done
}
broker_away() { # kill_program or stop_program
  at_random
  say "the broker is away: $1"
  "$1" kafka
}
# Nobody waits for it: the services find it by themselves.
broker_back() {
  say "the broker is started again"
  setsid deploy/kafka/kafka.sh serve var/kafka "$MASH_KAFKA_PORT" </dev/null >>"$(program_log kafka)" 2>&1 &
  echo $! >var/run/kafka.pid
  disown
}
without_vault() {
  local before end=$((SECONDS + patience))
  at_random
  say "the vault is killed, and away while contacts are taken"
  kill_program mash-vault
  before=$(batches)
  until (($(batches) >= before + 4)); do
    ((SECONDS < end)) || { echo "without the vault no contacts are taken" >&2; return 1; }
    sleep 0.1
  done
  start_service "$bin" vault
}

# A case's key is destroyed, which every service that holds something of it has to say it did; asked for again until that is so, also for a
# while after services were killed.
is_erased() {
  local case end=0
  case=$(grep -om1 'case [0-9a-f-]\{36\}' var/story | cut -d' ' -f2)
  until mash erase "$case" --authority RET-7 --reason "Retention is over." --yes --as operator --user rm-01 --role records-manager >var/erased 2>&1; do
    [[ -e var/enough ]] && ((end = end ? end : SECONDS + patience))
    ((end == 0 || SECONDS < end)) || { cat var/erased >&2; return 1; }
    sleep 0.2
  done
  say "a case is erased"
}

start_load police health # var/enough is gone
is_erased &
erasing=$!
for ((round = 1; round <= rounds; round++)); do
  mapfile -t order < <(for each in referral sharing strategy notification; do echo "$RANDOM $each"; done | sort -n | cut -d' ' -f2)
  again "${order[0]}"
  broker_away "$( ((round % 2)) && echo kill_program || echo stop_program)"
  again "${order[1]}" "${order[2]}"
  broker_back
  again "${order[3]}"
  without_vault
done
end_load
wait "$erasing"
say "$(batches) batches of contacts were taken"

say "every log against those that it follows"
python3 "$here/check_once.py" --self-test
say "what the broker keeps, against what is told of people"
python3 "$here/planted.py" var/kafka/data deploy/demo/*.json var/contacts-police-1 var/contacts-health-1 var/card.json
say "done"
