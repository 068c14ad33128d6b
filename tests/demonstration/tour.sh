#!/usr/bin/env bash
# Runs the commands of README.md's tour, in order, in one shell that stops at the first that fails.
set -euo pipefail
commands=$(awk '/^## / {tour = /tour/} tour && /^```/ {inside = /^```sh/; next} tour && inside' README.md)
[[ -n $commands ]] || { echo "README.md has no tour" >&2; exit 1; }
bash -euxo pipefail -c "$commands"
