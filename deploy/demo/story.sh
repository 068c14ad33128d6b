#!/usr/bin/env bash
# The demonstration's story: police, a school and a GP tell of one family in three ways, and health says what it shares of what it holds, and
# what not. They, triage and an auditor play it
# through the hub's API, and it is checked as it goes: a step that does not end as told stops it. `mash` must be on PATH and a hub running; what
# is taken away from the hub lies in var/demo. Everyone in it is invented; NHS numbers are from the range kept for tests.
set -euo pipefail
mkdir -p var/demo

# Who is who. The certificate names the agency; what it may act as stands in deploy/mash.toml.
police=(--as police --user pc-4821 --role practitioner)
triage=(--as social-care --user tri-07 --role triage-officer)
worker=(--as social-care --user sw-19 --role social-worker)
manager=(--as social-care --user mgr-01 --role mash-manager)
school=(--as education --user ht-02 --role practitioner)
gp=(--as health --user gp-11 --role practitioner)
safeguarding_nurse=(--as health --user sn-02 --role practitioner)
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

# What each contact, by a name, became.
declare -A referral case_of child
# submit NAME CONTACT-FILE WHO...
submit() {
  local name=$1 file=$2 answer place id
  shift 2
  printf '    $ mash contact submit %s --proof %s\n' "$file" "$*"
  answer=$(mash contact submit "$file" --proof --new-ids "$@" --json 2>/dev/null | jq .response)
  referral[$name]=$(jq -r .referral_id <<<"$answer") case_of[$name]=$(jq -r .case_id <<<"$answer")
  while read -r place id; do child["$name $place"]=$id; done < <(jq -r '.child_ids | to_entries[] | "\(.key) \(.value)"' <<<"$answer")
  jq -r .receipt.tlog_proof <<<"$answer" >"var/demo/$name.tlog-proof"
  jq -r --arg proof "var/demo/$name.tlog-proof" '"      referral \(.referral_id), case \(.case_id)",
    "      record \(.receipt.position // 0) of \(.receipt.log); its proof is in \($proof)",
    (.deadlines[] | "      \(.kind) due \(.due)")' <<<"$answer"
}
# until_so WHAT COMMAND...: what the hub does by itself in the background comes soon: asks again until the command succeeds.
until_so() {
  local end=$((SECONDS + 120))
  until "${@:2}"; do
    ((SECONDS < end)) || fail "$1"
    sleep 0.1
  done
}
is_proposed() {
  mash person show "$1" --purpose triage "${triage[@]}" --json | jq -e --arg other "$2" '.proposals // [] | any(.other_person_id == $other)' >/dev/null
}
# proposed PERSON OTHER: waits until the hub, which compares people in the background, proposes that they are one.
proposed() { until_so "the hub did not propose that $1 is $2" is_proposed "$1" "$2"; }
# last_decision REFERRAL FIELD
last_decision() { mash referral show "$1" "${worker[@]}" --json | jq -r ".$2[-1].decision_id"; }

tell "Police officers find two children alone. Their system submits a contact, and gets a receipt with a proof."
submit police deploy/demo/police.json "${police[@]}"
tell "A school tells of a hungry girl. It spells her name as it hears it, and has her pupil number."
submit school deploy/demo/school.json "${school[@]}"
tell "A GP tells of a small boy's burn. Somebody typed the day and month of his birth the wrong way round."
submit health deploy/demo/health.json "${gp[@]}"

tell "A triage officer acknowledges each, and takes the work."
for each in "${referral[police]}" "${referral[school]}" "${referral[health]}"; do
  run referral acknowledge "$each" --message "Received; a decision by the end of the next working day." "${triage[@]}"
done
run referral assign "${referral[police]}" --to tri-07 "${triage[@]}"
run referral rate "${referral[police]}" amber "${triage[@]}"
before_joining=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)

tell "The hub has compared them meanwhile, and proposes that three contacts tell of two children. It decides nothing."
proposed "${child[school 0]}" "${child[police 0]}"
proposed "${child[health 0]}" "${child[police 1]}"
run person proposals --referral "${referral[health]}" "${triage[@]}"

tell "The officer decides: they are the same children. It can be undone, and the reason stays."
run person same "${child[school 0]}" "${child[police 0]}" --reason "The school confirmed her address." "${triage[@]}"
run person same "${child[health 0]}" "${child[police 1]}" --reason "The surgery confirmed his date of birth." "${triage[@]}"

tell "Three agencies' pieces make another picture. With it the referral is red; without a reason the hub says no."
refused rationale referral rate "${referral[police]}" red "${triage[@]}"
run referral rate "${referral[police]}" red --rationale "An unexplained burn and hunger, besides being left alone." "${triage[@]}"
run referral accept "${referral[police]}" --rationale "Three agencies, two children, one home." "${triage[@]}"
information=$(mash referral add "${referral[police]}" --on-behalf-of health --basis public-task --power children-act-2004-s11 --json \
  --text "The surgery: a burn on Jayden's forearm in March, put down to a kettle; three appointments missed." "${triage[@]}" |
  jq -r .information_id)
printf '      information %s\n' "$information"

tell "Without the mother's consent nobody may be asked about her before a threshold is on the record (AB v Haringey)."
ask=(request ask --referral "${referral[police]}" --of health --about "${child[police 0]}" --about "${child[police 1]}" --rating red
  --purpose "To decide whether section 47 enquiries start." --question "Injuries seen since January?"
  --question "What is known of the mother's health?" --why-no-consent "Police are to speak to her first.")
refused REQUEST_UNLAWFUL "${ask[@]}" "${triage[@]}"

tell "A social worker records the threshold, and decides; the decision names what it rests on."
run referral threshold "${referral[police]}" reasonable-cause --rationale "An injury that nobody has explained." "${worker[@]}"
run referral decide "${referral[police]}" --outcome strategy-discussion-or-section-47 --level 4 \
  --rationale "Reasonable cause to suspect significant harm: an injury that nobody has explained." \
  --evidence "${referral[police]}" --evidence "$information" --family not-jeopardises-investigation \
  --family-why-not "Police are to speak to the mother first." "${worker[@]}"

tell "Now triage asks health what it holds. The rating sets the deadline."
show "${ask[@]}" "${triage[@]}"
request=$(mash "${ask[@]}" "${triage[@]}" --json | jq -r .information_request_id)
run request list --open "${gp[@]}"

tell "The GP answers with three items. They are held: nobody else reads them, not even the hub."
show request answer "$request" items --items deploy/demo/health-items.json "${gp[@]}"
mapfile -t item < <(jq --arg a "${child[police 0]}" --arg b "${child[police 1]}" 'map(. + {person_ids: [$a, $b]})' deploy/demo/health-items.json |
  mash request answer "$request" items --items - "${gp[@]}" --json | jq -r '.item_ids[]')
printf '      item %s\n' "${item[@]}"
refused NOT_DISCLOSED item read "${item[0]}" --purpose triage "${worker[@]}"

tell "The second names a refuge. The GP makes a version without it, and drafts a decision. The law is told back, all of it."
sanitised=$(jq --arg a "${child[police 0]}" '. + {person_ids: [$a]}' deploy/demo/health-sanitised.json |
  mash item sanitise "${item[1]}" --content - "${gp[@]}" --json | jq -r .item_id)
printf '      sanitised item %s\n' "$sanitised"
decision=(--terms deploy/demo/health-decision.json --case "${case_of[police]}" --referral "${referral[police]}" --request "$request"
  --release "${item[0]}" --to social-care --to police:law-enforcement)
run decision evaluate "${decision[@]}" --outcome share --release "${item[1]}" "${gp[@]}"
tell "The law has dates. The day before section 16LA came into force, the GP could not have relied on it."
run decision evaluate "${decision[@]}" --outcome share --day 2026-09-29 "${gp[@]}"

tell "It shares one item, a version of another, and withholds the third: telling would harm Keira more than not (s.16LA(3))."
decision+=(--outcome share-in-part --sanitised "${item[1]}=$sanitised" --withhold "${item[2]}" --ground detriment-16la-3
  --reasons "She would deny it and speak to nobody again. The nurse sees her on Thursday, and asks her."
  --look-again "$(date -u -d '+7 days' +%F)")
show decision record "${decision[@]}" "${gp[@]}"
decided=$(mash decision record "${decision[@]}" "${gp[@]}" --json)
decision_id=$(jq -r .decision_id <<<"$decided")
printf '      decision %s: %s\n' "$decision_id" "$(jq -r .status <<<"$decided")"
refused NOT_DISCLOSED item read "${item[0]}" --purpose "before the second signature" "${police[@]}"
run decision countersign "$decision_id" --statement "I spoke to the nurse, and agree." "${safeguarding_nurse[@]}"

tell "Police read what they may, and their look is on the record. That the rest is held they see, and whom to ask."
run item read "${item[0]}" --purpose "To plan the visit." "${police[@]}"
run item read "$sanitised" --purpose "To plan the visit." "${police[@]}"
refused NOT_DISCLOSED item read "${item[2]}" --purpose "To plan the visit." "${police[@]}"
run access --case "${case_of[police]}" --purpose "To plan the visit." "${police[@]}"
[[ $(mash access --case "${case_of[police]}" --purpose look "${police[@]}" --json) != *detriment* ]] ||
  fail "police were told why something is withheld"
tell "To the school, which has no part in this case, there is no such item and no such case."
refused NOT_FOUND item read "${item[0]}" --purpose curiosity "${school[@]}"
refused NOT_FOUND access --case "${case_of[police]}" --purpose curiosity "${school[@]}"

tell "The surgery finds that two of the missed appointments were its own doing, and corrects the item. Whoever read it must say so."
show item correct "${item[0]}" --content deploy/demo/health-corrected.json --reason "The surgery cancelled two." "${gp[@]}"
jq --arg a "${child[police 0]}" --arg b "${child[police 1]}" '. + {person_ids: [$a, $b]}' deploy/demo/health-corrected.json |
  mash item correct "${item[0]}" --content - --reason "The surgery cancelled two." "${gp[@]}" | sed 's/^/      /'
run item disclosed --case "${case_of[police]}" --to-acknowledge --purpose "recalls" "${police[@]}"
run item acknowledge "${item[0]}" --action "Struck out in our plan." "${police[@]}"
tell "And it calls the other one back: it was about her sister. From now on nobody reads it."
run item recall "$sanitised" --reason "The note was about her sister." "${gp[@]}"
refused ITEM_RECALLED item read "$sanitised" --purpose "To plan the visit." "${police[@]}"

tell "The other two contacts go into the case that is open: one family, one case."
for each in "${referral[school]}" "${referral[health]}"; do
  run referral close "$each" --outcome to-open-case --open-case "${case_of[police]}" \
    --rationale "Told of the same children." "${triage[@]}"
done

tell "Each of the three gets feedback, in words for it alone."
run referral feedback "${referral[police]}" --to police --text "The threshold is met. Please come to a strategy discussion today." \
  "${worker[@]}"
run referral feedback "${referral[school]}" --to education --text "Your contact joins a case that is open." "${triage[@]}"
run referral feedback "${referral[health]}" --to health --text "The threshold is met. Please bring Jayden's record to a discussion today." \
  "${triage[@]}"

tell "Police read theirs: what they sent, how far it has got, what is meant for them. Nothing of health's, no rationale."
run referral show "${referral[police]}" "${police[@]}"
seen=$(mash call ReferralService/GetReferral "{\"referral_id\": \"${referral[police]}\"}" "${police[@]}" --json)
[[ $(jq '.referral.feedback | length' <<<"$seen") == 1 ]] || fail "police do not see exactly their own feedback"
for hidden in "burn on Jayden" "Reasonable cause" "Jayden's record"; do
  [[ $seen != *"$hidden"* ]] || fail "police were shown: $hidden"
done
tell "The school asks for the police's referral. To it, there is no such referral."
refused NOT_FOUND referral show "${referral[police]}" "${school[@]}"

tell "The school is not content with one sentence, and challenges how its contact was closed."
challenge=$(mash referral challenge "${referral[school]}" --decision "$(last_decision "${referral[school]}" contact_decisions)" --json \
  --grounds "She has been hungry for weeks. We hear nothing of what is done, and want to be at the table." "${school[@]}" |
  jq -r .challenge_id)
run referral list --challenge-due "${triage[@]}"
tell "Whoever closed it may not answer. The manager does, and they agree."
refused NOT_INDEPENDENT referral answer "${referral[school]}" "$challenge" agreed --text "Come." --as social-care --user tri-07 --role social-worker
run referral answer "${referral[school]}" "$challenge" agreed \
  --text "The school is invited to the strategy discussion, and hears what is agreed about meals the same day." "${manager[@]}"

tell "What the case looks like now: three contacts, two children, one family."
run case show "${case_of[police]}" --purpose "strategy discussion" "${worker[@]}"
case=${case_of[police]}

# of_participant N: the id of the Nth one invited.
of_participant() { jq -r ".participant_ids[$1]" <<<"$convened"; }
# Whether the discussion that the decision called for has been opened, and which it is.
is_opened() {
  discussion=$(mash discussion list --open --case "$case" "${worker[@]}" --json | jq -r '.discussions // [] | .[0].discussion_id // empty')
  [[ -n $discussion ]]
}

tell "The decision called for a strategy discussion. It is there, with a time by which it is held: nobody had to remember."
until_so "no discussion was opened" is_opened
run discussion list --open --case "$case" "${worker[@]}"

tell "A social worker convenes it, and invites police, the GP and the head teacher. '!' says: senior enough to decide."
convene=(discussion convene --due "$discussion" --child "${child[police 0]}" --child "${child[police 1]}" --form meeting
  --when "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --place "Shire Hall, room 4" --reason "An injury that nobody has explained."
  --invite 'social-care:social-care:sw-19!' --invite 'police:police:pc-4821!' --invite 'health:health:gp-11!' --invite 'education:education:ht-02!')
show "${convene[@]}" "${worker[@]}"
convened=$(mash "${convene[@]}" "${worker[@]}" --json)
jq -r '.participant_ids[] | "      participant \(.)"' <<<"$convened"

tell "The GP cannot come. The named nurse comes in his place, and can decide for health."
run discussion answer "$discussion" "$(of_participant 2)" substituted --reason "In surgery until six." --substitute sn-02 \
  --substitute-name "Named nurse for safeguarding" --can-decide "${gp[@]}"
run discussion answer "$discussion" "$(of_participant 1)" accepted "${police[@]}"
run discussion answer "$discussion" "$(of_participant 3)" accepted "${school[@]}"

tell "She is not there yet. Without health it is not quorate, and the hub says who is missing and by which rule."
for present in 0 1 3; do run discussion attend "$discussion" "$(of_participant "$present")" --can-decide "${worker[@]}"; done
refused NOT_QUORATE discussion start "$discussion" "${worker[@]}"
tell "She comes, and it begins."
run discussion attend "$discussion" "$(of_participant 2)" --can-decide "${worker[@]}"
run discussion start "$discussion" "${worker[@]}"

tell "They decide: section 47 enquiries, jointly; police lead the criminal side, social care the enquiries. The conference's time begins to run."
run discussion decide "$discussion" --terms deploy/demo/strategy-decision.json --sharing-decision "$decision_id" "${worker[@]}"
tell "Fifteen working days from today. Had they met on 14 December, this is what the hub would say, and which days do not count."
run policy due initial-conference --from '2026-12-14 14:00'

tell "Who does what by when. The officers have eight seconds, so that you see what a deadline does that nobody keeps."
action() { mash discussion action "$discussion" "$@" "${worker[@]}" --json | jq -r .action_id; }
show discussion action "$discussion" --of health --what "Examine Jayden." --immediate "${worker[@]}"
examination=$(action --of health --what "Examine Jayden." --immediate)
soon=$(date -u -d '+8 seconds' +%Y-%m-%dT%H:%M:%SZ)
show discussion action "$discussion" --of police --what "Speak to the mother." --due "$soon" "${worker[@]}"
visit=$(action --of police --what "Speak to the mother." --due "$soon")
run discussion close "$discussion" --summary "Joint enquiries; Jayden is seen today; the school hears about meals." "${worker[@]}"
run discussion issue-record "$discussion" --to social-care --to police --to health --to education "${worker[@]}"

tell "The nurse does hers. The officers' passes: the hub says so on the record, once, though nobody asked."
run discussion complete "$discussion" "$examination" 'done' --text "Seen at the hospital; a scald with a pattern. The report follows." "${safeguarding_nurse[@]}"
# Whether the visit is on record as missed.
is_missed() { mash replay "$case" --log strategy "${auditor[@]}" | grep 'state: missed' >/dev/null; } # not -q: mash writes to its end
until_so "nothing says that the visit was missed" is_missed
run discussion actions --late --case "$case" "${worker[@]}"
run discussion complete "$discussion" "$visit" 'done' --text "She was out; seen at seven." "${police[@]}"

tell "Health sees the discussion it was part of, the whole of it. A practitioner who has no part in it sees nothing."
run discussion show "$discussion" "${safeguarding_nurse[@]}"

tell "Keira does not come home from school. Every agency with a part in the case sees the flag, until she is found."
run missing flag "$case" "${child[police 0]}" --since "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --details "Left at half past three with nobody." "${police[@]}"
run missing list "${gp[@]}"
run missing found "$case" "${child[police 0]}" --details "At her grandmother's, who had fetched her. Well." "${police[@]}"

tell "What managers and inspectors are told of it: how timely, and who was absent."
run report timeliness --from "$(date -u +%F)" --to "$(date -u -d '+1 day' +%F)" "${manager[@]}"

tell "An auditor replays the case, step by step."
run replay "$case" "${auditor[@]}"

tell "She asks who was given what in this case, who was not, and why."
run access --case "$case" --purpose "Case review 2026-11." "${auditor[@]}"
run decision show "$decision_id" --purpose "Case review 2026-11." "${auditor[@]}"

tell "And as it stood before anybody knew that they were the same children, while it was amber."
run replay "$case" --at "$before_joining" "${auditor[@]}"
[[ $(mash replay "$case" --at "$before_joining" "${auditor[@]}") != *"information added"* ]] ||
  fail "the past shows what was not known then"

tell "She takes records, proofs and public keys away in one file, and verifies it without any hub."
rm -f var/demo/case.bundle
run replay "$case" --out var/demo/case.bundle "${auditor[@]}"
run verify --bundle var/demo/case.bundle

tell "One byte of it is changed: now it does not hold, and says where."
awk '!done && /^record / {done = 1; print; getline; c = substr($0, 200, 1); $0 = substr($0, 1, 199) (c == "A" ? "B" : "A") substr($0, 201)} 1' \
  var/demo/case.bundle >var/demo/forged.bundle
refused DATA_LOSS verify --bundle var/demo/forged.bundle
