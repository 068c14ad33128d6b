#!/usr/bin/env bash
# usage: tools/asyncapi.sh FILE: checks an AsyncAPI document with the parser that tools/asyncapi/package-lock.json pins, installing it
# there (npm) where it is missing.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
parser=tools/asyncapi/node_modules/@asyncapi/parser/package.json
pinned=$(sed -n 's/.*"@asyncapi\/parser": "\([0-9.]*\)".*/\1/p' tools/asyncapi/package.json)
if [[ ! -f $parser || $(sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$parser") != "$pinned" ]]; then
  npm ci --prefix tools/asyncapi --ignore-scripts --no-audit --no-fund --loglevel=error
fi
exec node tools/asyncapi/check.mjs "$@"
