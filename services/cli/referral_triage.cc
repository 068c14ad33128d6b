#include "cli/form.h"
#include "cli/referral_commands.h"
#include "mash/referral/v1/referral_service.pb.h"

// mash referral acknowledge, accept, close, rate, add, assign, threshold, route and withdraw.
namespace mash::cli {
namespace {

namespace v1 = referral::v1;
using google::protobuf::Message;

const FormOption kId{"id", "referral_id", "the contact's or referral's id", true};
const FormOption kRationale{"--rationale", "rationale", "why; '-' reads standard input", true};

Outcome<void> accept(Message& request) {
  static_cast<v1::DecideContactRequest&>(request).set_outcome(v1::CONTACT_OUTCOME_ACCEPTED);
  return {};
}

Outcome<void> close(Message& request) {
  if (static_cast<v1::DecideContactRequest&>(request).outcome() == v1::CONTACT_OUTCOME_ACCEPTED)
    return wrong_usage("--outcome: 'accepted' does not close a contact.",
                       "'mash referral accept' accepts it as a referral.");
  return {};
}

// Whoever says what the danger is says that there is one.
Outcome<void> tell(Message& request) {
  auto& information = static_cast<v1::AddInformationRequest&>(request);
  information.set_immediate_danger(!information.danger().empty());
  return {};
}

void add_first_steps(CLI::App& referral, Session& session) {
  add_form(referral, session,
           {.name = "acknowledge",
            .about = "Acknowledges receipt to the referrer.",
            .examples = "  mash referral acknowledge 0192f3a4-... --user t-1\n",
            .method = "ReferralService/AcknowledgeContact",
            .usual = kUsualTriage,
            .options = {kId, {"--message", "message", "in words for the referrer"}}});
  add_form(referral, session,
           {.name = "accept",
            .about = "Accepts a contact as a referral.",
            .examples = "  mash referral accept 0192f3a4-... --rationale 'Meets the threshold.' "
                        "--user t-1\n",
            .method = "ReferralService/DecideContact",
            .usual = kUsualTriage,
            .options = {kId, kRationale},
            .finish = accept});
  add_form(
      referral, session,
      {.name = "close",
       .about = "Closes a contact that does not become a referral.",
       .examples = "  mash referral close 0192f3a4-... --outcome early-help --rationale '...' "
                   "--user t-1\n"
                   "  mash referral close 0192f3a4-... --outcome to-open-case --open-case "
                   "0192e0aa-... --rationale '...'\n",
       .method = "ReferralService/DecideContact",
       .usual = kUsualTriage,
       .options = {kId,
                   {"--outcome", "outcome",
                    "information-and-advice, early-help, to-open-case, no-further-action", true},
                   {"--open-case", "open_case_id", "with to-open-case: the case it goes to"},
                   kRationale},
       .finish = close});
}

void add_telling(CLI::App& referral, Session& session) {
  add_form(
      referral, session,
      {.name = "add",
       .about = "Tells more about a contact or referral.",
       .examples =
           "  mash referral add 0192f3a4-... --as police --user p-7 --text 'Seen again today.' \\\n"
           "      --basis public-task --power children-act-2004-s11\n"
           "  mash referral add 0192f3a4-... --as health --user h-2 --text - < note.txt \\\n"
           "      --danger 'alone in the house'\n",
       .method = "ReferralService/AddInformation",
       .usual = {},
       .options = {kId,
                   {"--text", "text", "what is told; '-' reads standard input", true},
                   {"--danger", "danger", "a child is in immediate danger: what the danger is"},
                   {"--basis", "lawful_basis.article_6",
                    "the Article 6 basis it is told on: public-task, legal-obligation..."},
                   {"--power", "lawful_basis.powers",
                    "a power or duty relied on: children-act-2004-s11..."},
                   {"--law-enforcement", "lawful_basis.law_enforcement",
                    "told under Part 3 of the Data Protection Act 2018 instead"},
                   {"--on-behalf-of", "on_behalf_of_agency",
                    "for the hub's roles: the agency whose information it is"},
                   {"--occurred-at", "occurred_at", "when it happened"}},
       .finish = tell});
  add_form(referral, session,
           {.name = "withdraw",
            .about = "Takes a contact back before anything is decided. Its record stays.",
            .examples = "  mash referral withdraw 0192f3a4-... --reason 'Sent twice.' --as police "
                        "--user p-7\n",
            .method = "ReferralService/WithdrawContact",
            .usual = {},
            .options = {kId, {"--reason", "reason", "why", true}}});
}

void add_working(CLI::App& referral, Session& session) {
  add_form(
      referral, session,
      {.name = "rate",
       .about = "Says how urgent it is.",
       .examples = "  mash referral rate 0192f3a4-... red --user t-1\n"
                   "  mash referral rate 0192f3a4-... amber --rationale 'Child is safe tonight.' "
                   "--user t-1\n",
       .method = "ReferralService/RateReferral",
       .usual = kUsualTriage,
       .options = {kId,
                   {"rating", "rating", "red, amber or green", true},
                   {"--rationale", "rationale", "why; required of a change"}}});
  add_form(referral, session,
           {.name = "assign",
            .about = "Makes it somebody's work; without --to, nobody's any more.",
            .examples = "  mash referral assign 0192f3a4-... --to tri-07 --user t-1\n",
            .method = "ReferralService/AssignReferral",
            .usual = kUsualTriage,
            .options = {kId,
                        {"--to", "assignee", "the practitioner's id in the hub"},
                        {"--reason", "reason", "why"}}});
  add_form(referral, session,
           {.name = "threshold",
            .about = "Records that a legal threshold is met, or that none is.",
            .examples = "  mash referral threshold 0192f3a4-... reasonable-cause --rationale "
                        "'...' --user sw-3\n",
            .method = "ReferralService/RecordThreshold",
            .usual = kUsualDecider,
            .options = {kId,
                        {"kind", "threshold.kind",
                         "section-17, reasonable-cause, section-47 or none", true},
                        {"--rationale", "threshold.rationale", "why", true}}});
  add_form(
      referral, session,
      {.name = "route",
       .about = "Calls for another route, or records that it was taken.",
       .examples = "  mash referral route 0192f3a4-... designated-officer --note 'A teacher.' \\\n"
                   "      --user t-1\n"
                   "  mash referral route 0192f3a4-... designated-officer --taken-at "
                   "'2026-03-04 12:00' --user t-1\n",
       .method = "ReferralService/RecordOtherRoute",
       .usual = kUsualTriage,
       .options = {
           kId,
           {"kind", "route.kind",
            "national-referral-mechanism, channel, designated-officer, serious-incident", true},
           {"--note", "route.note", "what calls for it, or what was said to whom"},
           {"--aware-at", "route.aware_at", "since when the hub has known; default: now"},
           {"--taken-at", "route.taken_at", "when it was taken; without it, it is due"},
           {"--reference", "route.reference", "the other body's reference"}}});
  add_form(referral, session,
           {.name = "extend",
            .about = "Puts a deadline off, with reasons, before it is due.",
            .examples = "  mash referral extend 0192f3a4-... assessment --due '2026-05-20' \\\n"
                        "      --reasons 'The father was found only now.' --user sw-3\n",
            .method = "ReferralService/ExtendDeadline",
            .usual = kUsualDecider,
            .options = {kId,
                        {"kind", "kind", "which: assessment, first-decision...", true},
                        {"--due", "due", "when it is to be due", true},
                        {"--reasons", "reasons", "why it cannot be met", true}}});
}

}  // namespace

void add_triage(CLI::App& referral, Session& session) {
  add_first_steps(referral, session);
  add_telling(referral, session);
  add_working(referral, session);
}

}  // namespace mash::cli
