# Contacts on their way all the time, while a test does something. Sourced, in a cluster's folder, with `mash` on PATH.
#   start_load AGENCY...  each sends contacts until end_load
#   end_load              no more are sent; false where some were not taken, with patience (programs.sh)
#   batches               prints how many batches of contacts were begun
#   say WHAT              prints it, and how long the test has taken so far
# `seed` chooses the contacts. `load` are the processes, for whoever has to end in between.
# shellcheck shell=bash
: "${seed:?to be set}" "${patience:?as programs.sh has it}"
load=()
say() { printf '==> %2d s: %s\n' "$SECONDS" "$*"; }

# An agency's contacts, again and again some more until var/enough is there. What was not answered is sent again, as the agency's system would;
# each is to be taken, with patience.
agency_sends() { # AGENCY
  local agency=$1 batch=0 file end
  while [[ ! -e var/enough ]]; do
    batch=$((batch + 1)) file=var/contacts-$agency-$batch end=$((SECONDS + patience))
    mash-generate --seed "$((seed + batch))" --count 10 --agency "$agency" >"$file" 2>/dev/null
    until mash contact submit "$file" --quiet --as "$agency" --role referrer-system --timeout 10 >"$file.said" 2>&1; do
      if ((SECONDS > end)); then
        echo "the contacts in $file are not taken:" >&2
        cat "$file.said" >&2
        return 1
      fi
      sleep 0.1
    done
    sleep 0.5
  done
}
# How many were begun: each agency sends one after the other.
batches() { printf '%s\n' var/contacts-*.said | wc -l; }
start_load() { # AGENCY...
  local agency
  rm -f var/enough
  for agency in "$@"; do
    agency_sends "$agency" &
    load+=($!)
  done
}
end_load() {
  local each
  touch var/enough
  for each in "${load[@]}"; do wait "$each"; done
  load=()
}
