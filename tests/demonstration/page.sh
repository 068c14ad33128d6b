#!/usr/bin/env bash
# usage: tests/demonstration/page.sh docs/PAGE.md
# Runs every `sh` block of a page, in order, in one shell that stops at the first command that fails.
set -euo pipefail
page=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)/$1
commands=$(awk '/^```/ {inside = /^```sh/; next} inside' "$page")
[[ -n $commands ]] || { echo "$1 has no commands" >&2; exit 1; }
bash -euxo pipefail -c "$commands"
