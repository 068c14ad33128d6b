#!/usr/bin/env bash
# usage: deploy/kafka/three-brokers/try.sh BIN
# Tries this folder on one machine: three brokers as its files say, their hosts, ports and folders changed and nothing else; the users
# and rights of README.md; and three services of BIN over them. One broker is killed: all goes on. Two are: contacts are still taken,
# and the log says that it cannot be published. They are started again: it catches up. All it writes is in a temporary folder.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../../.." && pwd)
bin=$(readlink -f "${1:?the folder of the programs: build/release/bin}")
folder=$(mktemp -d)
ln -s "$root/deploy" "$folder/deploy"
cd "$folder"
here=deploy/kafka/three-brokers

# shellcheck source=deploy/cluster/cluster.sh
source deploy/cluster/cluster.sh
stop_all() {
  local status=$? program
  [[ $status == 0 ]] || tail -n 5 var/log/* >&2
  # Nothing here is kept, so nothing need drain: without two brokers none of them would stop in order.
  for program in var/run/*.pid; do kill_program "$(basename "$program" .pid)" || true; done
  rm -rf "$folder"
}
trap stop_all EXIT

say() { printf '==> %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
tool() { deploy/kafka/kafka.sh tool "$@"; }
# Waits until that is so, with patience (programs.sh).
until_so() { # WHAT COMMAND...
  local what=$1 end=$((SECONDS + patience))
  shift
  until "$@"; do
    ((SECONDS < end)) || fail "$what"
    sleep 0.2
  done
}

claim_ports port 12
declare -A listens=([1]=$port [2]=$((port + 2)) [3]=$((port + 4)))
brokers="127.0.0.1:${listens[1]},127.0.0.1:${listens[2]},127.0.0.1:${listens[3]}"
export MASH_CLUSTER_PORT=$((port + 6))
MASH_ADDRESS=$(cluster_address)
export MASH_ADDRESS PATH=$bin:$PATH

say "Certificates, and the password of each user, in files that only this account may read"
umask 077
deploy/pki/make-demo-pki.sh var/pki >/dev/null
mkdir -p var/kafka
for user in broker admin mash-referral mash-notification mash-vault; do openssl rand -hex 16 >"var/kafka/$user.password"; done
password() { cat "var/kafka/$1.password"; }

broker_certificate() { # N
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "var/kafka/$1.key" 2>/dev/null
  openssl req -new -key "var/kafka/$1.key" -subj "/CN=kafka-$1.mash.example" -out "var/kafka/$1.request"
  openssl x509 -req -in "var/kafka/$1.request" -CA var/pki/ca.pem -CAkey var/pki/ca-key.pem -days 2 -out "var/kafka/$1.cert" \
    -set_serial "0x$(openssl rand -hex 16)" 2>/dev/null \
    -extfile <(echo "subjectAltName=DNS:kafka-$1.mash.example,IP:127.0.0.1"; echo "extendedKeyUsage=serverAuth,clientAuth")
  cat "var/kafka/$1.key" "var/kafka/$1.cert" var/pki/ca.pem >"var/kafka/$1.pem"
}

# A file of this folder, on this machine.
broker_settings() { # N
  local own=${listens[$1]}
  sed -e "s|0.0.0.0:9093|127.0.0.1:$own|; s|0.0.0.0:9094|127.0.0.1:$((own + 1))|; s|//kafka-$1.mash.example:9093|//127.0.0.1:$own|" \
    -e "s|1@kafka-1.mash.example:9094|1@127.0.0.1:$((listens[1] + 1))|; s|2@kafka-2.mash.example:9094|2@127.0.0.1:$((listens[2] + 1))|" \
    -e "s|3@kafka-3.mash.example:9094|3@127.0.0.1:$((listens[3] + 1))|; s|/var/lib/kafka|$folder/var/kafka/$1|" \
    -e "s|/etc/kafka/broker.pem|$folder/var/kafka/$1.pem|; s|/etc/kafka/ca.pem|$folder/var/pki/ca.pem|; s|CHANGE-THIS|$(password broker)|" \
    "$here/broker-$1.properties" >"var/kafka/broker-$1.properties"
}

user_settings() { # USER
  cat >"var/kafka/$1.properties" <<PROPERTIES
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="$1" password="$(password "$1")";
ssl.truststore.type=PEM
ssl.truststore.location=$folder/var/pki/ca.pem
PROPERTIES
}

start_broker() { # N
  KAFKA_HEAP_OPTS="-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1" \
    setsid deploy/kafka/kafka.sh broker "var/kafka/broker-$1.properties" </dev/null >>"$(program_log "broker-$1")" 2>&1 &
  echo $! >"var/run/broker-$1.pid"
  disown # that one is killed is no news
}

mkdir -p var/run var/log
say "Three brokers, each formatted with the users that must be there from the first moment"
cluster=$(tool kafka.tools.StorageTool random-uuid)
for n in 1 2 3; do
  broker_certificate $n
  broker_settings $n
  tool kafka.tools.StorageTool format --cluster-id "$cluster" --config "var/kafka/broker-$n.properties" \
    --add-scram "SCRAM-SHA-512=[name=broker,password=$(password broker)]" \
    --add-scram "SCRAM-SHA-512=[name=admin,password=$(password admin)]" >/dev/null
  start_broker $n
done
user_settings admin
admin=var/kafka/admin.properties
all_brokers() {
  [[ $(tool kafka.admin.BrokerApiVersionsCommand --bootstrap-server "$brokers" --command-config $admin 2>&1 | grep -c '(id: [123] ') == 3 ]]
}
until_so "the brokers do not come together" all_brokers

say "A user for each service, the topics, and who may do what"
for service in vault referral notification; do
  tool kafka.admin.ConfigCommand --bootstrap-server "$brokers" --command-config $admin --alter --entity-type users \
    --entity-name "mash-$service" --add-config "SCRAM-SHA-512=[password=$(password "mash-$service")]" >/dev/null
done
$here/topics.sh "$brokers" $admin

say "The services, each as its own user"
export MASH_KAFKA_BROKERS=$brokers MASH_KAFKA_SECURITY=sasl_ssl MASH_KAFKA_AUTHORITY=var/pki/ca.pem
for service in vault referral notification; do
  MASH_KAFKA_SASL_USER=mash-$service MASH_KAFKA_SASL_PASSWORD=var/kafka/mash-$service.password start_service "$bin" "$service"
done

contacts() { # SEED: the police send twenty, and each must be taken
  mash-generate --seed "$1" --count 100 --agency police 2>/dev/null | sed -n 1,20p |
    mash contact submit - --quiet --concurrency 16 --as police --role referrer-system
}
# How many contacts the notification service has told social care of.
told() {
  mash call LogService/ReadLog '{"log": "notification"}' --json --as auditor --user aud-03 |
    jq -r '.entries[]? | .event_json // empty | fromjson | .raised.notice // empty |
      select(.agency == "social-care" and (.rule == "contact-received" or .rule == "contact-in-danger")) | .about[0].id' |
    sort | uniq | wc -l
}
told_of() { [[ $(told) == "$1" ]]; }
says() { grep -q "$2" "$(program_log "mash-$1")"; }

say "Contacts are taken, and social care is told of them"
contacts 1
until_so "social care is not told of the contacts" told_of 20

say "Nobody writes to another's topic"
user_settings mash-notification
said=$(echo forged | tool kafka.tools.ConsoleProducer --bootstrap-server "$brokers" --topic mash.referral \
  --producer.config var/kafka/mash-notification.properties 2>&1 || true)
[[ $said == *"Not authorized to access topics"* ]] ||
  fail "mash-notification may write to mash.referral"

leader=$(tool org.apache.kafka.tools.TopicCommand --bootstrap-server "$brokers" --command-config $admin --describe --topic mash.referral |
  sed -n 's/.*Leader: \([123]\).*/\1/p')
say "Broker $leader, which leads the referral topic, is killed: all goes on"
kill_program "broker-$leader"
contacts 2
until_so "one broker of three is away, and social care is not told" told_of 40

second=$((leader % 3 + 1))
say "Broker $second is killed too: contacts are taken, and the log says that it cannot be published"
kill_program "broker-$second"
contacts 3
until_so "mash-referral does not say that its log cannot be published" says referral "a log cannot be published"
told_of 40 || fail "a record was published on one disk"

say "They are started again: it catches up"
start_broker "$leader"
start_broker "$second"
until_so "what waited is not published" told_of 60
until_so "mash-referral does not say that its log is published again" says referral "a log is published again"
echo "three brokers do what they should"
