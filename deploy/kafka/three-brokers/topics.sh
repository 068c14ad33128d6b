#!/usr/bin/env bash
# usage: deploy/kafka/three-brokers/topics.sh BROKERS ADMIN.PROPERTIES [PARTITIONS [PROGRAM...]]
# Creates the topics of deploy/kafka/topics, one partition an area, on three brokers, and says who may do what there. Each program
# writes to the topics of its services and reads those that it follows; nobody else does either. Safe to run again.
# ADMIN.PROPERTIES: how Kafka's tools reach the brokers as the administrator (security.protocol, sasl.jaas.config, ssl.truststore.location).
# PROGRAM: whose user is given rights, without the "mash-". "hub": mash-hub, which holds every service; else a service apart: referral,
# sharing, strategy, notification, vault. By itself those five, and not the hub, which an area has instead.
# MASH_TOPIC_REPLICAS=1: on one broker alone, to try things out.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
brokers=${1:?the brokers: kafka-1.mash.example:9093,...} admin=${2:?a file of the administrator\'s settings} partitions=${3:-1}
programs=("${@:4}")
((${#programs[@]})) || programs=(referral sharing strategy notification vault)
replicas=${MASH_TOPIC_REPLICAS:-3}

# One of Kafka's tools, which says on its standard output also what goes wrong: heard of only then.
tool() {
  local said
  said=$("$here/../kafka.sh" tool "$1" --bootstrap-server "$brokers" --command-config "$admin" "${@:2}" 2>&1) || { echo "$said" >&2; return 1; }
}
topic() { tool org.apache.kafka.tools.TopicCommand "$@"; }
allow() { tool kafka.admin.AclCommand --add "$@"; }

# Whose logs each program publishes, if not its own alone, and whose it follows over Kafka.
declare -A publishes=([hub]="referral sharing strategy notification vault")
declare -A follows=(
  [hub]=""
  [referral]="vault"
  [sharing]="referral strategy vault"
  [strategy]="referral sharing vault"
  [notification]="referral sharing strategy vault"
  [vault]=""
)

for program in "${programs[@]}"; do
  [[ -v follows[$program] ]] || { echo "topics.sh: '$program' is no program: hub, referral, sharing, strategy, notification or vault" >&2; exit 2; }
done

while read -r topic days; do
  [[ -z $topic || $topic == \#* ]] && continue
  echo "topic $topic, $partitions partitions, $days days"
  topic --create --if-not-exists --topic "$topic" --partitions "$partitions" --replication-factor "$replicas" \
    --config min.insync.replicas=$((replicas > 1 ? 2 : 1)) --config retention.ms=$((days * 24 * 3600 * 1000)) --config max.message.bytes=4194304
done <"$here/../topics"

topics_of() { # SERVICE...: for Kafka's tools
  local service
  for service in "$@"; do printf -- '--topic mash.%s ' "$service"; done
}
users=()
for program in "${programs[@]}"; do
  user=User:mash-$program
  read -ra published <<<"${publishes[$program]:-$program}"
  read -ra followed <<<"${follows[$program]}"
  read -ra own <<<"$(topics_of "${published[@]}")"
  # Whoever may write to a topic may do so idempotently. Its end shows a program that does not know it any more how far it published.
  echo "mash-$program writes to ${published[*]/#/mash.}, and reads how far it came there"
  allow --allow-principal "$user" --operation Write --operation Read --operation Describe "${own[@]}"
  users+=(--allow-principal "$user")
  ((${#followed[@]})) || continue
  read -ra others <<<"$(topics_of "${followed[@]}")"
  echo "mash-$program reads ${followed[*]/#/mash.}"
  allow --allow-principal "$user" --operation Read --operation Describe "${others[@]}"
done
# The client library names a group; none is joined, and no offset kept.
echo "whoever reads may name the group mash-follower"
allow "${users[@]}" --operation Read --group mash-follower
