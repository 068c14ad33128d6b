#include "referral/lists/changes.h"

#include "core/caller.h"
#include "core/identifiers.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "referral/cases/case_guard.h"
#include "referral/lists/change_feed.h"
#include "referral/lists/lists.h"

namespace mash::referral {
namespace {

// A stream that found nothing for its caller in so many records says how far it has got.
constexpr uint64_t kQuietRecordsMax = 2'000;

// Whether the caller hears of this event: a referrer of how far the referral has got and of what is
// meant for it, not of what others tell, nor of how the hub sees it and works on it.
bool is_told_of(const Change& change, const Actor& actor) {
  const v1::ReferralEvent& event = change.event;
  if (is_hub(actor) || is_auditor(actor)) return true;
  using Event = v1::ReferralEvent;
  switch (event.kind_case()) {
    case Event::kContactReceived:
    case Event::kContactAcknowledged:
    case Event::kContactAccepted:
    case Event::kContactClosed:
    case Event::kReferralDecided:
    case Event::kDecisionRevised:
    case Event::kContactWithdrawn:
      return true;
    case Event::kInformationAdded:
      return event.information_added().information().agency() == actor.agency;
    case Event::kFeedbackGiven:
      return event.feedback_given().feedback().agency() == actor.agency;
    case Event::kDecisionChallenged:
    case Event::kChallengeAnswered:
      return change.challenger == actor.agency;
    case Event::kTransferProposed:
      return agency_of_area(event.transfer_proposed().transfer().to_area()) == actor.agency;
    case Event::kTransferAnswered:
      return event.transfer_answered().answer().accepted();
    case Event::kReferralRated:
    case Event::kAssigned:
    case Event::kThresholdRecorded:
    case Event::kFamilyInformingRecorded:
    case Event::kAssessmentCompleted:
    case Event::kOtherRouteRecorded:
    case Event::kDeadlineExtended:
    case Event::kHistoryFound:
    case Event::kPatternsFound:
    case Event::kDeadlineTold:
    case Event::kDeadlineRecomputed:
    case Event::KIND_NOT_SET:
      return false;
  }
  return false;
}

// "contact_received": the event's kind as the schema names it.
std::string kind_of(const v1::ReferralEvent& event) {
  const auto* kinds = v1::ReferralEvent::descriptor()->oneof_decl(0);
  const auto* kind = event.GetReflection()->GetOneofFieldDescriptor(event, kinds);
  return kind == nullptr ? "" : kind->name();
}

}  // namespace

Result<Changes> Changes::from(ChangeFeed& feed, const v1::WatchReferralsRequest& request,
                              const Context& context) {
  const uint64_t size = feed.log().size();
  const uint64_t from = request.has_from_position() ? request.from_position() : size;
  if (from > size)
    return refuse(Code::kOutOfRange, "CURSOR_AHEAD",
                  "The log has not reached this position: list the referrals anew.");
  return Changes(feed, request.filter(), context.actor, from);
}

Result<std::optional<v1::ReferralChange>> Changes::heard(const Change& change,
                                                         CaseGuard& guard) const {
  if (!may_list(change.row, actor_) || !is_told_of(change, actor_)) return std::nullopt;
  v1::ReferralChange heard;
  *heard.mutable_referral() = shown_to(change.row, actor_);
  if (!wanted(filter_, heard.referral())) return std::nullopt;
  const auto admitted = guard.admits(change.row.summary().case_id());
  if (!admitted) return tl::unexpected(admitted.error());
  if (!*admitted) return std::nullopt;
  heard.set_change(kind_of(change.event));
  to_proto(change.recorded_at, heard.mutable_changed_at());
  return heard;
}

Result<host::Next> Changes::next(v1::WatchReferralsResponse& message) {
  const uint64_t begin = position_;
  bool at_end = false;
  CaseGuard guard(feed_->log(), actor_);
  while (!at_end && message.changes_size() < kMessageMax && position_ - begin < kQuietRecordsMax) {
    const auto found =
        feed_->from(position_, static_cast<size_t>(kMessageMax - message.changes_size()));
    if (!found) return tl::unexpected(found.error());
    for (const auto& change : found->changes) {
      auto told = heard(*change, guard);
      if (!told) return tl::unexpected(told.error());
      if (*told) *message.add_changes() = std::move(**told);
    }
    at_end = found->next == position_;
    position_ = found->next;
  }
  if (message.changes_size() == 0 && position_ - told_ < kQuietRecordsMax) return host::Next::kWait;
  message.set_next_position(position_);
  told_ = position_;
  return at_end ? host::Next::kLatest : host::Next::kMessage;
}

}  // namespace mash::referral
