#!/usr/bin/env bash
# The demonstration's story, told through the hub's API by three agencies and an auditor, and checked as it goes: a step that
# does not end as told stops it. `mash` must be on PATH and a hub running; what the auditor takes away lies in var/demo.
#
# Everyone in it is invented; the NHS numbers are from the range kept for tests.
set -euo pipefail
mkdir -p var/demo

step=0
tell() { step=$((step + 1)) && printf '\n%2d. %s\n' "$step" "$*"; }
show() { printf '      %s\n' "$@"; }
fail() { printf '\nthe story went wrong at step %d: %s\n' "$step" "$*" >&2 && exit 1; }
new_id() { cat /proc/sys/kernel/random/uuid; }

# Who is who. A certificate names the agency; what it may act as is in deploy/mash.toml.
police=(--as police --user pc-4821 --role practitioner)
triage=(--as social-care --user tri-07 --role triage-officer)
worker=(--as social-care --user sw-19 --role social-worker)
outsider=(--as education --user ht-02 --role practitioner)
auditor=(--as auditor --user aud-03 --role auditor)

# call METHOD JSON WHO...: one call of ReferralService; prints the reply as JSON.
call() { mash call "ReferralService/$1" "$2" "${@:3}" --json; }

tell "Police officers find two children alone at night. Their system submits a contact, and gets a receipt."
contact=$(call SubmitContact '{
  "request_id": "'"$(new_id)"'",
  "source": "6",
  "children": [
    {"identity": {"given_names": "Keira", "family_name": "Marsh", "sex": "SEX_FEMALE",
                  "birth_date": {"year": 2017, "month": 5, "day": 14}, "nhs_number": {"value": "9990000018"},
                  "addresses": [{"lines": ["14 Alder Close", "Gloucester"], "postcode": "GL1 0XY"}]},
     "account": {"factors": ["16A"], "whereabouts": "At home, with her grandmother since midnight."}},
    {"identity": {"given_names": "Jayden", "family_name": "Marsh", "sex": "SEX_MALE",
                  "birth_date": {"year": 2021, "month": 9, "day": 2},
                  "nhs_number": {"absence": "IDENTIFIER_ABSENCE_NOT_KNOWN"}},
     "account": {"factors": ["16A"]}}],
  "account": {
    "concern": "Called at 23:40 by a neighbour. Keira, 9, was looking after Jayden, 5. No adult came home until 00:30.",
    "parents_know": "PARENTS_KNOW_AND_DISAGREE",
    "parents_why_not": "The mother said it was for one hour only. The worry is too great to wait for her agreement.",
    "agency_reference": "INC-20931"},
  "lawful_basis": {"article_6": "ARTICLE6_PUBLIC_TASK", "powers": ["STATUTORY_POWER_CHILDREN_ACT_2004_S11"]},
  "want_proof": true}' "${police[@]}")
referral=$(jq -r .referral_id <<<"$contact")
case=$(jq -r .case_id <<<"$contact")
jq -r '.receipt.tlog_proof' <<<"$contact" >var/demo/receipt.tlog-proof
show "referral $referral, case $case" \
  "record $(jq -r '.receipt.position // 0' <<<"$contact") of $(jq -r .receipt.log <<<"$contact"), with proof: var/demo/receipt.tlog-proof"
jq -r '.deadlines[] | "      due \(.due_at // .due): \(.name // .kind)"' <<<"$contact"

tell "A triage officer acknowledges it."
call AcknowledgeContact '{"request_id": "'"$(new_id)"'", "referral_id": "'"$referral"'",
  "message": "Received by the hub tonight; a decision by the end of the next working day."}' "${triage[@]}" >/dev/null

tell "She rates it amber and accepts it as a referral."
call RateReferral '{"request_id": "'"$(new_id)"'", "referral_id": "'"$referral"'", "rating": "RATING_AMBER"}' \
  "${triage[@]}" >/dev/null
call DecideContact '{"request_id": "'"$(new_id)"'", "referral_id": "'"$referral"'", "outcome": "CONTACT_OUTCOME_ACCEPTED",
  "rationale": "Two young children alone at night, the mother not in agreement: more must be known."}' \
  "${triage[@]}" >/dev/null
before_health=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)

tell "The health visitor rings. The officer adds what she says, on behalf of health."
information=$(call AddInformation '{"request_id": "'"$(new_id)"'", "referral_id": "'"$referral"'",
  "on_behalf_of_agency": "health",
  "text": "Jayden has missed three appointments. In March he had a burn on the forearm that was put down to a kettle.",
  "lawful_basis": {"article_6": "ARTICLE6_PUBLIC_TASK", "article_9": "ARTICLE9_HEALTH_OR_SOCIAL_CARE",
                   "schedule_1_paragraph": 2, "powers": ["STATUTORY_POWER_CHILDREN_ACT_2004_S11"]}}' \
  "${triage[@]}" | jq -r .information_id)

tell "With that it is red. A change of rating needs its reason: without one the hub says no."
if call RateReferral '{"request_id": "'"$(new_id)"'", "referral_id": "'"$referral"'", "rating": "RATING_RED"}' \
  "${triage[@]}" >/dev/null 2>var/demo/refused.txt; then
  fail "a change of rating without a reason was taken"
fi
sed 's/^/      /' var/demo/refused.txt
call RateReferral '{"request_id": "'"$(new_id)"'", "referral_id": "'"$referral"'", "rating": "RATING_RED",
  "rationale": "An unexplained burn and missed appointments, besides being left alone."}' "${triage[@]}" >/dev/null

tell "A social worker decides, naming what the decision rests on."
decision=$(call DecideReferral '{"request_id": "'"$(new_id)"'", "referral_id": "'"$referral"'", "decision": {
  "outcome": "strategy-discussion-or-section-47", "level_of_need": "4",
  "rationale": "Reasonable cause to suspect significant harm: left alone at night, and an injury nobody has explained.",
  "evidence_ids": ["'"$referral"'", "'"$information"'"],
  "family_informed": "FAMILY_INFORMED_NOT_JEOPARDISES_INVESTIGATION",
  "family_why_not": "Police are to speak to the mother first."}}' "${worker[@]}" | jq -r .decision_id)
show "decision $decision"

tell "Each referrer gets feedback in words for it alone."
for agency in police health; do
  call GiveFeedback '{"request_id": "'"$(new_id)"'", "referral_id": "'"$referral"'", "agency": "'"$agency"'",
    "text": "Thank you. The threshold is met and a strategy discussion follows today; '"$agency"' will be invited."}' \
    "${worker[@]}" >/dev/null
done

tell "Police read theirs: what they sent, how far it has got, what is meant for them. Nothing of health's, and no rationale."
seen=$(call GetReferral '{"referral_id": "'"$referral"'"}' "${police[@]}")
jq -r '.referral.feedback[].text | "      \"" + . + "\""' <<<"$seen"
[[ $(jq '.referral.feedback | length' <<<"$seen") == 1 ]] || fail "police do not see exactly their own feedback"
for hidden in "burn on the forearm" "Reasonable cause" "rationale"; do
  [[ $seen != *"$hidden"* ]] || fail "police were shown: $hidden"
done

tell "A school that has nothing to do with it asks. To it, there is no such referral."
if call GetReferral '{"referral_id": "'"$referral"'"}' "${outsider[@]}" >/dev/null 2>var/demo/refused.txt; then
  fail "an agency without a part in it was shown the referral"
fi
grep -q NOT_FOUND var/demo/refused.txt || fail "the school was told something else than NOT_FOUND"
sed 's/^/      /' var/demo/refused.txt

tell "An auditor replays the case, step by step."
mash replay "$case" "${auditor[@]}" | sed 's/^/      /'

tell "And as it stood before health rang: what was known when it was amber."
mash replay "$case" --at "$before_health" "${auditor[@]}" | sed 's/^/      /'

tell "She takes records, proofs and public keys away in one file, and verifies it with no hub at all."
rm -f var/demo/case.bundle
mash replay "$case" --out var/demo/case.bundle "${auditor[@]}" | sed 's/^/      /'
mash verify --bundle var/demo/case.bundle --address 127.0.0.1:1 | sed 's/^/      /'
