#!/usr/bin/env bash
# Makes what the client needs beside it: .venv/ with the packages of requirements.txt, and generated/ with the stubs of the hub's
# protos. Quick where both are there already.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
proto=$(cd "$here/../../proto" && pwd)
cd "$here"

if [[ ! -f .venv/complete || requirements.txt -nt .venv/complete ]]; then
  rm -rf .venv generated
  python3 -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
  touch .venv/complete
fi

if [[ ! -f generated/complete || -n $(find "$proto" -name '*.proto' -newer generated/complete -print -quit) ]]; then
  rm -rf generated
  mkdir generated
  mapfile -t protos < <(cd "$proto" && find mash/common mash/notification google -name '*.proto')
  .venv/bin/python -m grpc_tools.protoc --proto_path="$proto" --python_out=generated --pyi_out=generated --grpc_python_out=generated "${protos[@]}"
  touch generated/complete
fi
