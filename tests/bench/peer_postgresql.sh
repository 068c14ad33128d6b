#!/usr/bin/env bash
# PostgreSQL 15 doing what the log's append does: 512-byte events into a table with a unique (stream, version), one a
# transaction, durable before it answers, 64 clients, prepared statements. A cluster of its own in build/bench, with
# PostgreSQL's own defaults and memory enough; gone afterwards. Prints the figure as ./dev bench gathers it.
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
  -o "-c listen_addresses='' -c unix_socket_directories=$folder -c shared_buffers=512MB -c max_wal_size=4GB" \
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
"${as_owner[@]}" "$tools/pgbench" -h "$folder" -U bench -n -M prepared -c 64 -j 2 -T "$seconds" -f "$folder/insert.sql" \
  postgres 2>&1 | awk '/^tps/ {
    printf "{\"name\":\"PostgreSQL 15, the same, 64 clients\",\"value\":%s,\"unit\":\"events/s\",\"bar\":\"\"}\n", $3}'
