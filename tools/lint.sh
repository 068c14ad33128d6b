#!/usr/bin/env bash
# usage: tools/lint.sh PRESET [--changed]: every check that needs no running program. ./dev lint calls it.
# All checks run even when one fails, so that one run names everything.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
preset=$1 changed=${2:-}
failed=()

check() { # NAME COMMAND...
  printf '\n\033[1m==> lint: %s\033[0m\n' "$1"
  "${@:2}" || failed+=("$1")
}

sources() { git ls-files -co --exclude-standard '*.cc' '*.h'; }

format() { sources | xargs -r clang-format-19 --dry-run -Werror; }

protos() { tools/buf.sh lint; }

# What is stored or sent stays readable: nothing promised is removed, renumbered or retyped.
breaking() {
  if [[ ! -f proto/promise.binpb ]]; then
    echo "nothing promised yet (./dev promise)"
  else
    tools/buf.sh breaking proto --against proto/promise.binpb
  fi
}

asyncapi() { tools/asyncapi.sh docs/asyncapi.yaml; }

sizes() {
  sources | xargs -r wc -l |
    awk '$2 != "total" && $1 > 500 {print $2 ": " $1 " lines; at most 500"; bad = 1} END {exit bad}'
}

shell() {
  local scripts
  mapfile -t scripts < <(git ls-files -co --exclude-standard | xargs grep -lE '^#!.*\b(bash|sh)\b' 2>/dev/null |
    grep -vE '\.(md|cc|py)$')
  shellcheck -x --severity=style "${scripts[@]}"
}

leftovers() {
  if git grep -nE '\b(TODO|FIXME|XXX)\b' -- '*.cc' '*.h' '*.proto' '*.cmake' '*CMakeLists.txt' dev '*.sh' \
    ':!tools/lint.sh' ':!proto/google'; then
    return 1
  fi
}

# Decisions are cited by their numbers, and pages are found by their links: each number once, no link into nothing.
pages() {
  local twice dead page link
  twice=$(git ls-files -co --exclude-standard 'docs/decisions/[0-9]*.md' | sed 's|.*/||' | cut -d- -f1 | sort | uniq -d)
  [[ -z $twice ]] || echo "docs/decisions: numbered twice: ${twice//$'\n'/ }"
  dead=$(git ls-files -co --exclude-standard docs/README.md 'docs/decisions/*.md' | while read -r page; do
    { grep -oE '\]\([^)#: ]+[^): ]*\)' "$page" || true; } | sed 's/^](//; s/[#)].*//' | while read -r link; do
      [[ -e ${page%/*}/$link ]] || echo "$page: no such page: $link"
    done
  done)
  [[ -z $dead ]] || echo "$dead"
  [[ -z $twice$dead ]]
}

# clang-tidy reads the headers generated from protos: all that the build knows of are made, whichever target they are for.
generated_headers() {
  local headers
  mapfile -t headers < <(ninja -C "build/$preset" -t targets all | sed -n 's/^\([^/].*\.pb\.h\): CUSTOM_COMMAND$/\1/p')
  [[ ${#headers[@]} -gt 0 ]] || { echo "the build generates no header" >&2; return 1; }
  ninja -C "build/$preset" -j "$(nproc)" "${headers[@]}" >/dev/null
}

tidy() {
  generated_headers || return 1
  if [[ $changed == --changed ]]; then
    local files
    mapfile -t files < <({ git diff --name-only --diff-filter=d main -- '*.cc'; git ls-files -o --exclude-standard '*.cc'; })
    [[ ${#files[@]} == 0 ]] || python3 tools/tidy.py "build/$preset" "${files[@]}"
  else
    python3 tools/tidy.py "build/$preset"
  fi
}

check format format
check protos protos
check breaking breaking
check asyncapi asyncapi
check layers python3 tools/check_layers.py
check sizes sizes
check leftovers leftovers
check pages pages
check shell shell
check clang-tidy tidy

if [[ ${#failed[@]} -gt 0 ]]; then
  printf '\nlint: found something: %s\n' "${failed[*]}" >&2
  exit 1
fi
printf '\nlint: clean\n'
