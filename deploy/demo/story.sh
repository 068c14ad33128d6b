#!/usr/bin/env bash
# The demonstration's story: two children are found alone at night. Three agencies and an auditor tell it through the hub's
# API, and it is checked as it goes: a step that does not end as told stops it. `mash` must be on PATH and a hub running; what
# is taken away from the hub lies in var/demo. Everyone in it is invented; the NHS number is from the range kept for tests.
set -euo pipefail
mkdir -p var/demo

# Who is who. The certificate names the agency; what it may act as stands in deploy/mash.toml.
police=(--as police --user pc-4821 --role practitioner)
triage=(--as social-care --user tri-07 --role triage-officer)
worker=(--as social-care --user sw-19 --role social-worker)
school=(--as education --user ht-02 --role practitioner)
auditor=(--as auditor --user aud-03)

step=0
tell() { step=$((step + 1)) && printf '\n\033[1m%2d. %s\033[0m\n' "$step" "$*"; }
fail() { printf '\nthe story went wrong at step %d: %s\n' "$step" "$*" >&2 && exit 1; }

# A command as one would type it.
show() {
  local word line='    $ mash'
  for word in "$@"; do
    [[ $word == *[^A-Za-z0-9_./:-]* ]] && word="'${word//\'/\'\\\'\'}'"
    line+=" $word"
  done
  printf '%s\n' "$line"
}
# Shows a command and what it says; it must succeed.
run() {
  show "$@"
  mash "$@" | sed 's/^/      /'
}
# Shows a command and what it says; the hub must refuse it with this reason.
refused() {
  local reason=$1 said
  shift
  show "$@"
  if said=$(mash "$@" 2>&1); then fail "the hub did not refuse"; fi
  echo "      ${said//$'\n'/$'\n      '}"
  [[ $said == *"$reason"* ]] || fail "the hub did not say $reason"
}

tell "Police officers find two children alone. Their system submits a contact, and gets a receipt with a proof."
printf '    $ mash contact submit deploy/demo/contact.json --proof %s\n' "${police[*]}"
contact=$(mash contact submit deploy/demo/contact.json --proof --new-ids "${police[@]}" --json 2>/dev/null | jq .response)
referral=$(jq -r .referral_id <<<"$contact") case=$(jq -r .case_id <<<"$contact")
jq -r .receipt.tlog_proof <<<"$contact" >var/demo/receipt.tlog-proof
jq -r '"      referral \(.referral_id), case \(.case_id)",
  "      record \(.receipt.position // 0) of \(.receipt.log); its proof is in var/demo/receipt.tlog-proof",
  (.deadlines[] | "      \(.kind) due \(.due)")' <<<"$contact"

tell "A triage officer acknowledges it, rates it amber, and accepts it as a referral."
run referral acknowledge "$referral" --message "Received tonight; a decision by the end of the next working day." "${triage[@]}"
run referral rate "$referral" amber "${triage[@]}"
run referral accept "$referral" --rationale "Two young children alone at night: more must be known." "${triage[@]}"
before_health=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)

tell "The health visitor rings. The officer adds what she says, on behalf of health."
information=$(mash referral add "$referral" --on-behalf-of health --basis public-task --power children-act-2004-s11 --json \
  --text "Jayden has missed three appointments. In March he had a burn on the forearm, put down to a kettle." \
  "${triage[@]}" | jq -r .information_id)
printf '      information %s\n' "$information"

tell "With that it is red. A change of rating is explained: without a reason the hub says no."
refused rationale referral rate "$referral" red "${triage[@]}"
run referral rate "$referral" red --rationale "An unexplained burn, besides being left alone." "${triage[@]}"

tell "A social worker decides, and names what the decision rests on."
run referral decide "$referral" --outcome strategy-discussion-or-section-47 --level 4 \
  --rationale "Reasonable cause to suspect significant harm: an injury that nobody has explained." \
  --evidence "$referral" --evidence "$information" --family not-jeopardises-investigation \
  --family-why-not "Police are to speak to the mother first." "${worker[@]}"

tell "Each referrer gets feedback, in words for it alone."
run referral feedback "$referral" --to police --text "The threshold is met. Please come to a strategy discussion today." \
  "${worker[@]}"
run referral feedback "$referral" --to health --text "The threshold is met. Please bring Jayden's record to a discussion today." \
  "${worker[@]}"

tell "Police read theirs: what they sent, how far it has got, what is meant for them. Nothing of health's, no rationale."
run referral show "$referral" "${police[@]}"
seen=$(mash call ReferralService/GetReferral "{\"referral_id\": \"$referral\"}" "${police[@]}" --json)
[[ $(jq '.referral.feedback | length' <<<"$seen") == 1 ]] || fail "police do not see exactly their own feedback"
for hidden in "burn on the forearm" "Reasonable cause" "Jayden's record"; do
  [[ $seen != *"$hidden"* ]] || fail "police were shown: $hidden"
done

tell "A school that has no part in it asks. To it, there is no such referral."
refused NOT_FOUND referral show "$referral" "${school[@]}"

tell "An auditor replays the case, step by step."
run replay "$case" "${auditor[@]}"

tell "And as it stood before health rang: what was known while it was amber."
run replay "$case" --at "$before_health" "${auditor[@]}"
[[ $(mash replay "$case" --at "$before_health" "${auditor[@]}") != *"information added"* ]] ||
  fail "the past shows what was not known then"

tell "She takes records, proofs and public keys away in one file, and verifies it without any hub."
rm -f var/demo/case.bundle
run replay "$case" --out var/demo/case.bundle "${auditor[@]}"
run verify --bundle var/demo/case.bundle

tell "One byte of it is changed: now it does not hold, and says where."
awk '!done && /^record / {done = 1; print; getline; c = substr($0, 200, 1); $0 = substr($0, 1, 199) (c == "A" ? "B" : "A") substr($0, 201)} 1' \
  var/demo/case.bundle >var/demo/forged.bundle
refused DATA_LOSS verify --bundle var/demo/forged.bundle
