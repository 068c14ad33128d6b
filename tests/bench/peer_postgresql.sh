#!/usr/bin/env bash
# PostgreSQL 15 doing what the log's append does: 512-byte events into a table with a unique (stream, version), one a
# transaction, durable before it answers, prepared statements; with 64 clients, and with as many as our bench has in flight.
# A cluster of its own in build/bench, with PostgreSQL's own defaults and memory enough; gone afterwards. Prints the
# figures as ./dev bench gathers them.
#
# usage: peer_postgresql.sh [SECONDS]    how long each of the two runs; 20 without
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
seconds=${1:-20}
tools=/usr/lib/postgresql/15/bin
folder=$PWD/build/bench/postgresql

# PostgreSQL does not run as root.
as_owner=()
if [[ $(id -u) == 0 ]]; then as_owner=(runuser -u postgres --); fi

stop() {
  "${as_owner[@]}" "$tools/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
rm -rf "$folder"
mkdir -p "$folder"
if [[ $(id -u) == 0 ]]; then chown postgres "$folder"; fi
trap stop EXIT
cd "$folder"

"${as_owner[@]}" "$tools/initdb" -D "$folder/data" -U bench --auth=trust >/dev/null
"${as_owner[@]}" "$tools/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
  -o "-c listen_addresses='' -c unix_socket_directories=$folder -c max_connections=300 -c shared_buffers=512MB \
      -c max_wal_size=4GB -c synchronous_commit=on" \
  start >/dev/null
sql() { "${as_owner[@]}" "$tools/psql" -h "$folder" -U bench -d postgres -qAt -c "$1"; }
sql 'CREATE TABLE events (
       position bigserial PRIMARY KEY, stream bigint NOT NULL, version int NOT NULL,
       recorded_at timestamptz NOT NULL DEFAULT now(), event bytea NOT NULL, UNIQUE (stream, version))'
payload=$(printf '%1024s' '' | tr ' ' 'a')
cat >"$folder/insert.sql" <<SQL
\set stream random(1, 1000000000000)
INSERT INTO events (stream, version, event) VALUES (:stream, 1, '\x$payload');
SQL
for clients in 64 256; do
  "${as_owner[@]}" "$tools/pgbench" -h "$folder" -U bench -n -M prepared -c "$clients" -j 2 -T "$seconds" \
    -f "$folder/insert.sql" postgres 2>&1 | awk -v clients="$clients" '/^tps/ {
      printf "{\"name\":\"PostgreSQL 15, the same, %s clients\",\"value\":%s,\"unit\":\"events/s\",\"bar\":\"\"}\n", clients, $3}'
done
