#!/usr/bin/env bash
# usage: deploy/kafka/three-brokers/topics.sh BROKERS ADMIN.PROPERTIES [PARTITIONS]
# Creates the topics of deploy/kafka/topics, one partition an area, on three brokers, and says who may do what there. Each service
# writes to its own topic and reads those that it follows; nobody else does either. Safe to run again.
# ADMIN.PROPERTIES: how Kafka's tools reach the brokers as the administrator (security.protocol, sasl.jaas.config, ssl.truststore.location).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
brokers=${1:?the brokers: kafka-1.mash.example:9093,...} admin=${2:?a file of the administrator\'s settings} partitions=${3:-1}

tool() { "$here/../kafka.sh" tool "$@"; }
topics() { tool org.apache.kafka.tools.TopicCommand --bootstrap-server "$brokers" --command-config "$admin" "$@"; }
allow() { tool kafka.admin.AclCommand --bootstrap-server "$brokers" --command-config "$admin" --add "$@" >/dev/null; }

# Whose logs each service follows.
declare -A follows=(
  [referral]="vault"
  [sharing]="referral strategy vault"
  [strategy]="referral sharing vault"
  [notification]="referral sharing strategy vault"
  [vault]=""
)

while read -r topic days; do
  [[ -z $topic || $topic == \#* ]] && continue
  echo "topic $topic, $partitions partitions, $days days"
  topics --create --if-not-exists --topic "$topic" --partitions "$partitions" --replication-factor 3 \
    --config min.insync.replicas=2 --config retention.ms=$((days * 24 * 3600 * 1000)) --config max.message.bytes=4194304
done <"$here/../topics"

for service in "${!follows[@]}"; do
  echo "mash-$service writes to mash.$service"
  allow --allow-principal "User:mash-$service" --operation Write --operation Describe --topic "mash.$service"
  allow --allow-principal "User:mash-$service" --operation IdempotentWrite --cluster
  for followed in ${follows[$service]}; do
    echo "mash-$service reads mash.$followed"
    allow --allow-principal "User:mash-$service" --operation Read --operation Describe --topic "mash.$followed"
  done
  # The client library names a group; none is joined, and no offset kept.
  allow --allow-principal "User:mash-$service" --operation Read --group mash-follower
done
