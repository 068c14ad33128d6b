#!/usr/bin/env bash
# Makes what the client needs beside it: node_modules/ as package-lock.json pins them, generated/ with the types of the hub's protos,
# dist/ with the program. Quick where all is there already.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

if [[ ! -f node_modules/complete || package-lock.json -nt node_modules/complete ]]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  touch node_modules/complete
fi

if [[ ! -f dist/complete || -n $(find src package.json tsconfig.json ../../proto -type f -newer dist/complete -print -quit) ]]; then
  rm -rf generated dist
  npm run --silent build >/dev/null
  touch dist/complete
fi
