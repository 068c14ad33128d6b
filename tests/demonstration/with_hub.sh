#!/usr/bin/env bash
# usage: tests/demonstration/with_hub.sh BIN SCRIPT [ARGUMENTS]
# Runs SCRIPT against a hub of its own: from the programs in BIN, in a folder of its own that stands in for the repository's
# root (deploy/ and README.md are there, var/ is fresh), on ports of its own.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
bin=$(readlink -f "$1") script=$(readlink -f "$2")
shift 2

folder=$(mktemp -d)
ln -s "$root/deploy" "$folder/deploy"
ln -s "$root/README.md" "$folder/README.md"
cd "$folder"

# shellcheck source=deploy/demo/hub.sh
source deploy/demo/hub.sh
trap 'stop_hub; rm -rf "$folder"' EXIT

port=''
claim_ports port 1
MASH_ADDRESS=127.0.0.1:$port

export MASH_ADDRESS MASH_SERVER_LISTEN=$MASH_ADDRESS MASH_METRICS_LISTEN='' PATH=$bin:$PATH

deploy/pki/make-demo-pki.sh var/pki >/dev/null
start_hub "$bin"
"$script" "$@"
