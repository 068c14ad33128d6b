#!/usr/bin/env bash
# usage: deploy/kafka/kafka.sh up [PORT] | down     a local broker on 127.0.0.1:9092, with the topics; its data is in var/kafka
#        deploy/kafka/kafka.sh serve FOLDER PORT    a broker in the foreground, with its data in FOLDER
#        deploy/kafka/kafka.sh lib                  prints the folder of Kafka's programs, fetching them first where they are missing
#        deploy/kafka/kafka.sh tool CLASS [ARG...]  runs one of Kafka's own tools
# Called in the repository's root. Apache Kafka 3.9 (KRaft) as published to Maven's repository; it runs on this machine's Java and needs no container.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$root/build/cache}/mash-kafka-3.9.1
port=9092

lib() {
  if [[ ! -f $cache/complete ]]; then
    command -v mvn >/dev/null || { echo "kafka.sh: needs Maven to fetch Apache Kafka: ./dev kafka installs it" >&2; exit 1; }
    echo "fetching Apache Kafka (56 MB) into $cache" >&2
    mkdir -p "$cache"
    mvn -q -B -f "$here/pom.xml" -Dmaven.repo.local="$cache/maven" dependency:copy-dependencies -DoutputDirectory="$cache/lib" >&2
    rm -rf "$cache/maven"
    touch "$cache/complete"
  fi
  echo "$cache/lib"
}

java_with() { # [JVM-ARG...] CLASS [ARG...]
  exec java -Dlog4j.configuration="file:$here/log4j.properties" -cp "$(lib)/*" "$@"
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

make_topics() {
  local topic days
  while read -r topic days; do
    [[ -z $topic || $topic == \#* ]] && continue
    echo "topic $topic, $days days"
    (java_with -Xmx64m -XX:TieredStopAtLevel=1 org.apache.kafka.tools.TopicCommand --bootstrap-server "127.0.0.1:$port" \
      --create --if-not-exists --topic "$topic" --partitions 1 --replication-factor 1 \
      --config retention.ms=$((days * 24 * 3600 * 1000)) --config max.message.bytes=4194304 >/dev/null)
  done <"$here/topics"
}

up() { # [PORT]
  port=${1:-$port}
  # shellcheck source=deploy/demo/programs.sh
  source deploy/demo/programs.sh
  if program_pid kafka >/dev/null; then
    echo "Kafka is running (process $(program_pid kafka))"
    return
  fi
  lib >/dev/null
  mkdir -p var/run var/log
  setsid "$here/kafka.sh" serve var/kafka "$port" </dev/null >var/log/kafka.log 2>&1 &
  echo $! >var/run/kafka.pid
  await_program kafka "$here/kafka.sh" tool kafka.admin.BrokerApiVersionsCommand --bootstrap-server "127.0.0.1:$port"
  make_topics
  echo "Kafka is at 127.0.0.1:$port (process $(program_pid kafka)); data in var/kafka, log in var/log/kafka.log"
}

down() {
  # shellcheck source=deploy/demo/programs.sh
  source deploy/demo/programs.sh
  stop_program kafka
}

case ${1:-} in
  lib) lib ;;
  serve) serve "${2:?a folder}" "${3:?a port}" ;;
  tool) shift && java_with -Xmx256m -XX:TieredStopAtLevel=1 "$@" ;;
  up) shift && up "$@" ;;
  down) down ;;
  *) sed -n '2,5s/^# //p' "$0" >&2 && exit 2 ;;
esac
