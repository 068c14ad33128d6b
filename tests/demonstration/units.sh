#!/usr/bin/env bash
# usage: tests/demonstration/units.sh
# Each program under systemd has an account of its own, which systemd can make: no group that stands already is called so (deploy/systemd).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../deploy/systemd"
declare -A taken
bad=0
while read -r kind group _; do [[ $kind == g ]] && taken[$group]="a group of mash.conf"; done <mash.conf
for program in mash-hub mash@{referral,sharing,strategy,notification,vault}; do
  unit=${program/@*/@}.service instance=${program#*@}
  user=$(sed -n "s/^User=//p" "$unit")
  user=${user//%i/$instance}
  [[ -n $user ]] || user=${program%@*} # as systemd names it
  if [[ -v taken[$user] ]]; then
    echo "$program would run as $user, and that is ${taken[$user]}" >&2
    bad=1
  fi
  taken[$user]="the account of $program"
done
exit $bad
