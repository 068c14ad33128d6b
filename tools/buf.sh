#!/usr/bin/env bash
# Runs buf at the version that tools/buf/package-lock.json pins, installing it there (npm) where it is missing.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
buf=tools/buf/node_modules/.bin/buf
pinned=$(sed -n 's/.*"@bufbuild\/buf": "\([0-9.]*\)".*/\1/p' tools/buf/package.json)
if [[ ! -x $buf || $("$buf" --version 2>/dev/null) != "$pinned" ]]; then
  # Its program comes as an optional package of this machine's kind; no install script needs to run. (`npm ci` wants the
  # lock file to name the packages of all other kinds of machine as well.)
  npm install --prefix tools/buf --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
fi
exec "$buf" "$@"
