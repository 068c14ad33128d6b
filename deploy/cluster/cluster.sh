# A local cluster: every service a process of its own, over Kafka. Sourced by ./dev cluster and by tests, in the repository's root.
#   start_service BIN SERVICE   starts one of them anew, and returns when it answers calls
#   start_cluster BIN   starts the services of BIN on deploy/cluster/mash.toml, and returns when all answer calls
#   stop_cluster        stops those that were started so, and returns when they have drained
#   cluster_address     prints where `mash` finds them: a MASH_ADDRESS
# A broker must be there: ./dev kafka up. MASH_CLUSTER_PORT moves the services to ports from there on; MASH_CLUSTER_CONFIG is another file
# of settings than deploy/cluster/mash.toml.
# shellcheck shell=bash

# shellcheck source=deploy/demo/programs.sh
source deploy/demo/programs.sh

# The vault first, without which nobody can seal; it is the last to go.
cluster_services=(vault referral sharing strategy notification)
declare -A cluster_port=([referral]=0 [sharing]=1 [strategy]=2 [notification]=3 [vault]=5)

cluster_service_port() { echo $((${MASH_CLUSTER_PORT:-7444} + cluster_port[$1])); } # SERVICE
cluster_service_address() { echo "127.0.0.1:$(cluster_service_port "$1")"; }        # SERVICE

cluster_address() {
  local service all=()
  for service in referral sharing strategy notification vault; do all+=("$service=$(cluster_service_address "$service")"); done
  (IFS=, && echo "${all[*]}")
}

stop_cluster() {
  local service i
  for ((i = ${#cluster_services[@]} - 1; i >= 0; i--)); do stop_program "mash-${cluster_services[i]}"; done
}

start_service() { # BIN SERVICE
  local bin=$1 service=$2 peer flags
  flags=(--config "${MASH_CLUSTER_CONFIG:-deploy/cluster/mash.toml}"
    --server-listen "$(cluster_service_address "$service")"
    --server-certificate "var/pki/mash-$service/cert.pem" --server-key "var/pki/mash-$service/key.pem"
    --keys-signing "var/cluster-keys/$service.key")
  for peer in "${cluster_services[@]}"; do flags+=("--peers-$peer" "$(cluster_service_address "$peer")"); done
  [[ -n ${MASH_CLUSTER_PORT:-} ]] && flags+=(--metrics-listen '')
  stop_program "mash-$service"
  if is_taken "$(cluster_service_port "$service")"; then
    echo "mash-$service cannot start: port $(cluster_service_port "$service") is in use by another program. MASH_CLUSTER_PORT moves the services" >&2
    return 1
  fi
  start_program "$bin" "mash-$service" "${flags[@]}"
  await_program "mash-$service" "$bin/mash" --address "$(cluster_address)" \
    checkpoint --log "$service" --as auditor --user aud-03 --timeout 10
}

start_cluster() { # BIN
  local service
  for service in "${cluster_services[@]}"; do start_service "$1" "$service"; done
}
