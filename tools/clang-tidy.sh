#!/usr/bin/env bash
# Runs clang-tidy at the version that tools/clang-tidy/requirements.txt pins, installing it there (PyPI) where it is missing.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")/clang-tidy
if [[ ! -f $here/.venv/complete || $here/requirements.txt -nt $here/.venv/complete ]]; then
  rm -rf "$here/.venv"
  python3 -m venv "$here/.venv"
  "$here/.venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
  touch "$here/.venv/complete"
fi
exec "$here/.venv/bin/clang-tidy" "$@"
