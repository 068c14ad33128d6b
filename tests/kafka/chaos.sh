#!/usr/bin/env bash
# usage: tests/demonstration/with_cluster.sh BIN tests/kafka/chaos.sh
# Contacts arrive while the broker, the vault and every service are killed and started again. Every contact is acknowledged; what
# follows from it is then in every service exactly once, as a program finds from the logs (check_once.py).
set -euo pipefail
# shellcheck source=deploy/cluster/cluster.sh
source deploy/cluster/cluster.sh
here=$(dirname "$(readlink -f "$0")")
bin=${MASH_BIN:?set by with_cluster.sh}

say() { printf '==> %s\n' "$*"; }

# Contacts on their way while something is done; all of them must be taken.
during() { # SEED COUNT WHAT...
  local seed=$1 count=$2 sending
  shift 2
  deploy/demo/contacts.sh "$seed" "$count" &
  sending=$!
  "$@"
  wait "$sending"
}

again() { # SERVICE...
  local service
  for service in "$@"; do
    say "mash-$service is killed, and started again"
    kill_program "mash-$service"
    start_service "$bin" "$service"
  done
}
broker_again() {
  say "the broker is killed, and started again"
  kill_program kafka
  deploy/kafka/kafka.sh up "$MASH_KAFKA_PORT" >/dev/null
}
without_vault() {
  say "the vault is away"
  stop_program mash-vault
}

during 11 60 broker_again
during 12 60 again sharing strategy notification
during 13 40 without_vault
start_service "$bin" vault
again referral
during 14 20 broker_again

say "every log against the one it follows"
python3 "$here/check_once.py"
