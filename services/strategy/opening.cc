#include "strategy/opening.h"

#include <optional>
#include <string>

#include "cases/case_guard.h"
#include "cases/known_case.h"
#include "cases/streams.h"
#include "core/timestamp.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/open_discussion.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

namespace told = referral::v1;

// The decision that a record of the referral log is about; none: another thing happened.
Result<std::optional<told::Decision>> decision_in(const log::Record& record) {
  told::ReferralEvent event;
  if (record.body.type() != told::ReferralEvent::descriptor()->full_name())
    return std::optional<told::Decision>();
  if (!event.ParseFromString(record.body.event()))
    return refuse(Code::kDataLoss, "RECORD_MALFORMED", "The record's event cannot be read.");
  if (event.has_referral_decided()) return event.referral_decided().decision();
  if (event.has_decision_revised()) return event.decision_revised().decision();
  return std::optional<told::Decision>();
}

// The timescale by which a discussion is due with that outcome; empty: none is called for.
std::string called_for(const policy::Pack& pack, const std::string& outcome) {
  const policy::ReferralOutcome* found = pack.referral_outcome(outcome);
  return found == nullptr ? "" : found->discussion;
}

}  // namespace

Result<void> open_discussion(log::UnitOfWork& unit, const log::EventLog& log,
                             const log::Record& record, IdSource& ids) {
  const auto decision = decision_in(record);
  if (!decision) return tl::unexpected(decision.error());
  if (!*decision) return {};
  const policy::Pack* pack = unit.context().pack;
  if (pack == nullptr)
    return refuse(Code::kFailedPrecondition, "NO_PACK_IN_FORCE", "No policy pack is in force.");
  const std::string timescale = called_for(*pack, (*decision)->outcome());
  if (timescale.empty()) return {};
  const std::string& case_id = record.body.case_id();
  const std::string referral_id = id_in(record.body.stream());
  const auto known = unit.observe<cases::KnownCase>(cases::case_stream(case_id));
  if (!known) return tl::unexpected(known.error());
  const cases::KnownCase::Referral& referral = known->referrals.at(referral_id);
  if (!called_for(*pack, referral.outcome_before).empty()) return {};
  const auto family = cases::family_of(unit, case_id);
  if (!family) return tl::unexpected(family.error());
  const google::protobuf::RepeatedPtrField<std::string> children(referral.children.begin(),
                                                                 referral.children.end());
  const auto open = open_discussion_about(unit, log, *family, children);
  if (!open) return tl::unexpected(open.error());
  if (!open->empty()) return {};
  const auto decided_at = from_proto((*decision)->decided_at());
  if (!decided_at) return tl::unexpected(decided_at.error());
  return unit.decide<Discussion>(
      {discussion_stream(ids.next_text()), case_id},
      Discussion::Open{.case_id = case_id,
                       .referral_id = referral_id,
                       .reason = v1::DISCUSSION_REASON_OUTCOME,
                       .decision_id = (*decision)->decision_id(),
                       .protection_id = {},
                       .child_ids = {referral.children.begin(), referral.children.end()},
                       .unborn = referral.unborn > 0,
                       .timescale = timescale,
                       .counted_from = *decided_at});
}

}  // namespace mash::strategy
