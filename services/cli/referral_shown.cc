#include "cli/referral_shown.h"

#include <ostream>

#include "cli/print.h"
#include "cli/story.h"

namespace mash::cli {
namespace {

namespace v1 = referral::v1;

std::string stage_of(const v1::ReferralSummary& referral) {
  return enum_word(v1::ReferralStage_Name(referral.stage()), "ReferralStage");
}

std::string rating_of(const v1::ReferralSummary& referral) {
  if (referral.rating() == v1::RATING_UNSPECIFIED) return "-";
  return enum_word(v1::Rating_Name(referral.rating()), "Rating");
}

// What somebody should look at.
std::string flags_of(const v1::ReferralSummary& referral) {
  std::string out;
  const auto flag = [&](bool set, const std::string& name) {
    if (set) out += (out.empty() ? "" : ", ") + name;
  };
  flag(referral.immediate_danger(), "IMMEDIATE DANGER");
  flag(referral.needs_checking(), "check");
  flag(!referral.has_acknowledged_at(), "not acknowledged");
  flag(referral.feedback_due() > 0, "feedback due");
  flag(referral.challenge_due(), "challenge to answer");
  flag(referral.open_challenges() > 0 && !referral.challenge_due(), "challenged");
  flag(referral.proposals() > 0, "perhaps a child we know");
  flag(referral.re_referral(), "re-referral");
  flag(referral.earlier_contacts() == 1, "1 earlier contact");
  flag(referral.earlier_contacts() > 1,
       std::to_string(referral.earlier_contacts()) + " earlier contacts");
  flag(referral.unborn() > 0, "unborn");
  flag(referral.transfer_proposed(), "transfer proposed");
  flag(referral.information_added() > 0,
       std::to_string(referral.information_added()) + " more information");
  return out;
}

void print_summary(const v1::ReferralSummary& referral, std::ostream& out) {
  Facts facts;
  facts.add("referral",
            shown(referral.referral_id()) + ", version " + std::to_string(referral.version()));
  facts.add("case", shown(referral.case_id()));
  facts.add("stage", stage_of(referral));
  facts.add("rating", rating_of(referral));
  facts.add("from", shown(referral.agency()) + ", source " + shown(referral.source()));
  facts.add("received", shown(referral.received_at()));
  facts.add("acknowledged", shown(referral.acknowledged_at()));
  if (!referral.assignee().empty()) facts.add("assigned to", shown(referral.assignee()));
  facts.add("next due", shown(referral.due_at()) +
                            (referral.due_kind().empty() ? "" : ", " + shown(referral.due_kind())));
  facts.add("decided", shown(referral.decided_at()));
  if (!referral.outcome().empty())
    facts.add("outcome",
              shown(referral.outcome()) + ", level of need " + shown(referral.level_of_need()));
  if (referral.threshold() != v1::THRESHOLD_KIND_UNSPECIFIED)
    facts.add("threshold",
              enum_word(v1::ThresholdKind_Name(referral.threshold()), "ThresholdKind"));
  if (const std::string flags = flags_of(referral); !flags.empty()) facts.add("to note", flags);
  facts.print(out);
}

void print_deadlines(const v1::ReferralDetail& referral, std::ostream& out) {
  if (referral.deadlines().empty()) return;
  Table table({"DEADLINE", "DUE", "STATE", "DONE", "UNDER"});
  for (const auto& status : referral.deadlines())
    table.add({shown(status.deadline().kind()), shown(status.due()),
               enum_word(common::v1::DeadlineState_Name(status.state()), "DeadlineState"),
               shown(status.done_at()), shown(status.deadline().pack())});
  out << '\n';
  table.print(out);
}

}  // namespace

void print_list(const std::vector<v1::ReferralSummary>& referrals, std::ostream& out) {
  Table table(
      {"REFERRAL", "STAGE", "RATING", "FROM", "CHILDREN", "RECEIVED", "NEXT DUE", "TO NOTE"});
  for (const auto& referral : referrals)
    table.add({shown(referral.referral_id()), stage_of(referral), rating_of(referral),
               shown(referral.agency()), std::to_string(referral.children()),
               shown(referral.received_at()), shown(referral.due_at()), flags_of(referral)});
  table.print(out);
}

void print_detail(const v1::ReferralDetail& referral, std::ostream& out) {
  print_summary(referral.summary(), out);
  print_deadlines(referral, out);
  v1::ReferralDetail rest = referral;
  rest.clear_summary();
  rest.clear_deadlines();
  out << '\n';
  print_fields(rest, "", out);
  if (referral.erased()) out << "The case's text was erased: its key is destroyed.\n";
}

std::string on_one_line(const v1::ReferralSummary& referral) {
  std::string out = shown(referral.referral_id()) + "  " + stage_of(referral);
  if (referral.rating() != v1::RATING_UNSPECIFIED) out += ", " + rating_of(referral);
  const std::string flags = flags_of(referral);
  return flags.empty() ? out : out + "  (" + flags + ")";
}

void print_receipt(const common::v1::Receipt& receipt, std::ostream& out) {
  if (receipt.event_ids().empty())
    out << "Already so: nothing was added";
  else
    out << (receipt.repeated_request() ? "Done before" : "Done");
  out << ". " << shown(receipt.log()) << " position " << receipt.position() << ", epoch "
      << receipt.epoch() << "; now at version " << receipt.version() << ".\n";
}

}  // namespace mash::cli
