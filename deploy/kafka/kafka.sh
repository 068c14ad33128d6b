#!/usr/bin/env bash
# usage: deploy/kafka/kafka.sh up [PORT] | down     a local broker on 127.0.0.1, with the topics; its data is in var/kafka (PORT: 9092, or MASH_KAFKA_PORT)
#        deploy/kafka/kafka.sh serve FOLDER PORT    a broker in the foreground, with its data in FOLDER
#        deploy/kafka/kafka.sh broker PROPERTIES    a broker in the foreground, on settings of your own (its heap: KAFKA_HEAP_OPTS)
#        deploy/kafka/kafka.sh lib                  prints the folder of Kafka's programs, fetching them first where they are missing
#        deploy/kafka/kafka.sh tool CLASS [ARG...]  runs one of Kafka's own tools
# Called in the repository's root. Apache Kafka 3.9 (KRaft) as published to Maven's repository; it runs on this machine's Java and needs no container.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$root/build/cache}/mash-kafka-3.9.1
port=${MASH_KAFKA_PORT:-9092}

die() { printf 'kafka.sh: %s\n' "$*" >&2; exit 1; }

lib() {
  if [[ ! -f $cache/complete ]]; then
    command -v mvn >/dev/null || die "needs Maven to fetch Apache Kafka: ./dev kafka installs it"
    echo "fetching Apache Kafka (56 MB) into $cache" >&2
    mkdir -p "$cache"
    mvn -q -B -f "$here/pom.xml" -Dmaven.repo.local="$cache/maven" dependency:copy-dependencies -DoutputDirectory="$cache/lib" >&2 ||
      die "Apache Kafka could not be fetched from Maven's repository"
    rm -rf "$cache/maven"
    touch "$cache/complete"
  fi
  echo "$cache/lib"
}

java_with() { # [JVM-ARG...] CLASS [ARG...]
  local programs
  programs=$(lib)
  exec java -Dlog4j.configuration="file:$here/log4j.properties" -cp "$programs/*" "$@"
}

serve() { # FOLDER PORT
  local folder port=$2 controller=$(($2 + 1))
  mkdir -p "$1"
  folder=$(cd "$1" && pwd)
  cat "$here/local.properties" - >"$folder/server.properties" <<PROPERTIES
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.quorum.voters=1@127.0.0.1:$controller
log.dirs=$folder/data
PROPERTIES
  if [[ ! -f $folder/data/meta.properties ]]; then
    (java_with -Xmx64m -XX:TieredStopAtLevel=1 kafka.tools.StorageTool format --ignore-formatted \
      --cluster-id bWFzaC1sb2NhbC1rYWZrYQ --config "$folder/server.properties" >/dev/null)
  fi
  java_with -Xmx512m -Xms128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 kafka.Kafka "$folder/server.properties"
}

broker() { # PROPERTIES
  local heap
  read -ra heap <<<"${KAFKA_HEAP_OPTS:--Xmx1g -Xms1g}"
  java_with "${heap[@]}" kafka.Kafka "$1"
}

# Those of deploy/kafka/topics that are not there yet.
make_topics() {
  local topic days there
  there=$(topics --list)
  while read -r topic days; do
    [[ -z $topic || $topic == \#* ]] && continue
    grep -qxF "$topic" <<<"$there" && continue
    echo "topic $topic, $days days"
    topics --create --if-not-exists --topic "$topic" --partitions 1 --replication-factor 1 \
      --config retention.ms=$((days * 24 * 3600 * 1000)) --config max.message.bytes=4194304 >/dev/null
  done <"$here/topics"
}
topics() {
  (java_with -Xmx64m -XX:TieredStopAtLevel=1 org.apache.kafka.tools.TopicCommand --bootstrap-server "127.0.0.1:$port" "$@" </dev/null)
}

start_broker() {
  local each
  for each in "$port" $((port + 1)); do
    # Another's broker would answer in place of ours.
    is_taken "$each" && die "port $each is in use by another program. Choose two ports in a row that are free: MASH_KAFKA_PORT=19092"
  done
  lib >/dev/null
  mkdir -p var/run var/log
  setsid "$here/kafka.sh" serve var/kafka "$port" </dev/null >"$(program_log kafka)" 2>&1 &
  echo $! >var/run/kafka.pid
  await_program kafka "$here/kafka.sh" tool kafka.admin.BrokerApiVersionsCommand --bootstrap-server "127.0.0.1:$port"
}

up() { # [PORT]
  local running
  port=${1:-$port}
  if ! [[ $port =~ ^[0-9]+$ ]] || ((port < 1 || port > 65534)); then die "'$port' is not a port with another one above it"; fi
  # shellcheck source=deploy/demo/programs.sh
  source deploy/demo/programs.sh
  if program_pid kafka >/dev/null; then
    running=$(sed -n 's|^advertised.listeners=PLAINTEXT://127.0.0.1:||p' var/kafka/server.properties)
    [[ $running == "$port" ]] || die "Kafka runs already, at 127.0.0.1:$running (process $(program_pid kafka)): ./dev kafka down stops it"
  else
    start_broker
  fi
  make_topics
  echo "Kafka is at 127.0.0.1:$port (process $(program_pid kafka)); data in var/kafka, log in $(program_log kafka)"
}

down() {
  # shellcheck source=deploy/demo/programs.sh
  source deploy/demo/programs.sh
  if program_pid kafka >/dev/null; then
    stop_program kafka
    echo "Kafka has stopped; its data stays in var/kafka"
  else
    rm -f var/run/kafka.pid
    echo "Kafka does not run"
  fi
}

case ${1:-} in
  lib) lib ;;
  serve) serve "${2:?a folder}" "${3:?a port}" ;;
  broker) broker "${2:?a file of settings}" ;;
  tool) shift && java_with -Xmx256m -XX:TieredStopAtLevel=1 "$@" ;;
  up) shift && up "$@" ;;
  down) down ;;
  *) sed -n '2,6s/^# //p' "$0" >&2 && exit 2 ;;
esac
