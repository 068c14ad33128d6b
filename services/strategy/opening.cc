#include "strategy/opening.h"

#include <optional>
#include <string>

#include "cases/case_guard.h"
#include "cases/known_case.h"
#include "cases/streams.h"
#include "core/timestamp.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "policy/pack.h"
#include "policy/packs.h"
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
std::string timescale_of(const policy::Pack& pack, const std::string& outcome) {
  const policy::ReferralOutcome* found = pack.referral_outcome(outcome);
  return found == nullptr ? "" : found->discussion;
}

// The pack in force at the decision, or, of a decision from before the hub knew any, now.
const policy::Pack* pack_at(Time decided_at, const policy::Packs& packs, const Context& context) {
  return packs.in_force(decided_at, context.calendar->london()).value_or(context.pack);
}

// Whether a discussion is called for that the decision before did not call for, or not as soon.
Result<bool> calls_anew(const policy::Pack& pack, const std::string& outcome_before,
                        const std::string& timescale, Time decided_at, const Calendar& calendar) {
  const std::string before = timescale_of(pack, outcome_before);
  if (before.empty()) return true;
  const auto due = pack.deadline(timescale, decided_at, calendar);
  if (!due) return tl::unexpected(due.error());
  const auto due_before = pack.deadline(before, decided_at, calendar);
  if (!due_before) return tl::unexpected(due_before.error());
  return due->due < due_before->due;
}

}  // namespace

Result<void> open_discussion(log::UnitOfWork& unit, const log::Record& record,
                             const policy::Packs& packs, IdSource& ids) {
  const auto decision = decision_in(record);
  if (!decision) return tl::unexpected(decision.error());
  if (!*decision) return {};
  const auto decided_at = from_proto((*decision)->decided_at());
  if (!decided_at) return tl::unexpected(decided_at.error());
  const policy::Pack* pack = pack_at(*decided_at, packs, unit.context());
  if (pack == nullptr)
    return refuse(Code::kFailedPrecondition, "NO_PACK_IN_FORCE", "No policy pack is in force.");
  const std::string timescale = timescale_of(*pack, (*decision)->outcome());
  if (timescale.empty()) return {};
  const std::string& case_id = record.body.case_id();
  const std::string referral_id = id_in(record.body.stream());
  const auto known = unit.observe<cases::KnownCase>(cases::case_stream(case_id));
  if (!known) return tl::unexpected(known.error());
  const cases::KnownCase::Referral& referral = known->referrals.at(referral_id);
  const auto calls =
      calls_anew(*pack, referral.outcome_before, timescale, *decided_at, *unit.context().calendar);
  if (!calls) return tl::unexpected(calls.error());
  if (!*calls) return {};
  const auto family = cases::family_of(unit, case_id);
  if (!family) return tl::unexpected(family.error());
  const auto called =
      called_for(unit, *family,
                 Discussion::Open{.case_id = case_id,
                                  .referral_id = referral_id,
                                  .reason = v1::DISCUSSION_REASON_OUTCOME,
                                  .decision_id = (*decision)->decision_id(),
                                  .protection_id = {},
                                  .child_ids = {referral.children.begin(), referral.children.end()},
                                  .unborn = referral.unborn > 0,
                                  .timescale = timescale,
                                  .counted_from = *decided_at,
                                  .pack = pack});
  if (!called) return tl::unexpected(called.error());
  return open_called_for(unit, *called, ids.next_text());
}

}  // namespace mash::strategy
