#!/usr/bin/env bash
# usage: tests/demonstration/with_cluster.sh BIN SCRIPT [ARGUMENTS]
# Runs SCRIPT against a cluster of its own: every service of BIN a process over a real Kafka, in a folder of its own that stands in
# for the repository's root (deploy/ is there, var/ is fresh), on ports of its own.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
bin=$(readlink -f "$1") script=$(readlink -f "$2")
shift 2

folder=$(mktemp -d)
ln -s "$root/deploy" "$folder/deploy"
ln -s "$root/README.md" "$folder/README.md"
cd "$folder"

# shellcheck source=deploy/cluster/cluster.sh
source deploy/cluster/cluster.sh
stop_all() {
  stop_cluster
  stop_program kafka
  rm -rf "$folder"
}
trap stop_all EXIT

claim_ports MASH_CLUSTER_PORT 8
kafka_port=$((MASH_CLUSTER_PORT + 6))
MASH_ADDRESS=$(cluster_address)
export MASH_CLUSTER_PORT MASH_ADDRESS MASH_BIN=$bin MASH_KAFKA_PORT=$kafka_port
export MASH_KAFKA_BROKERS=127.0.0.1:$kafka_port PATH=$bin:$PATH

deploy/pki/make-demo-pki.sh var/pki >/dev/null
deploy/kafka/kafka.sh up "$kafka_port" >/dev/null
start_cluster "$bin"
"$script" "$@"
