#include "referral/clocks.h"

#include <algorithm>
#include <utility>

#include "core/timestamp.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

using clocks::Clock;
using google::protobuf::Timestamp;

// What another authority takes over, or a sender took back. That the contact is acknowledged and a
// challenge answered is still for this hub to do.
bool moves_with_responsibility(const Clock& clock) {
  return owed_for(clock) != Owed::kChallenge && clock.deadline.kind != kAcknowledgement;
}

// One duty under an earlier decision and under this one: time that was given for it stays given,
// and what was said of the time at which it is due is not said again.
void go_on(const Clock& earlier, Clock& clock) {
  if (earlier.deadline.extended() && earlier.deadline.current_due() > clock.deadline.due)
    clock.deadline.extensions = earlier.deadline.extensions;
  clock.go_on_from(earlier);
}

// Whether it was done before it was missed.
bool is_met(const Clock& clock) {
  return clock.deadline.done_at &&
         clock.deadline.state(*clock.deadline.done_at) == DeadlineState::kMet;
}

}  // namespace

Owed owed_for(const Clock& clock) { return static_cast<Owed>(clock.group); }

void ReferralClocks::start(Owed owed, const std::string& id, const common::v1::Deadline& deadline) {
  Clocks::start(static_cast<int>(owed), id, deadline, owed == Owed::kRating);
}

void ReferralClocks::remove(Owed owed) {
  Clocks::remove([owed](const Clock& clock) { return owed_for(clock) == owed; });
}

// The contact is decided, or the referral is: what was owed until then is done.
void ReferralClocks::decide(const Timestamp& at) {
  finish(at, [](const Clock& clock) {
    return owed_for(clock) == Owed::kRating || clock.deadline.kind == kFirstDecision;
  });
}

// What decisions before had started ends, and goes on where this one starts it again: time that was
// given for the same duty stays given, and what was done stays done. What had been missed under
// them is still to be said.
void ReferralClocks::restart_outcome(const Deadlines& deadlines, const Timestamp& at) {
  const Time now = from_proto(at).value_or(Time{});
  for (Clock& clock : clocks_)
    if (owed_for(clock) == Owed::kOutcome && !clock.ended_at) clock.ended_at = now;
  for (const common::v1::Deadline& set : deadlines) {
    const size_t count = clocks_.size();
    start(Owed::kOutcome, "", set);
    if (clocks_.size() == count) continue;
    Clock clock = std::move(clocks_.back());
    clocks_.pop_back();
    if (clock.deadline.kind == kAssessment) clock.deadline.done_at = assessed_at_;
    const auto is_earlier = [&](const Clock& other) {
      return other.ended_at && owed_for(other) == Owed::kOutcome &&
             other.deadline.kind == clock.deadline.kind;
    };
    for (const Clock& earlier : clocks_)
      if (is_earlier(earlier)) go_on(earlier, clock);
    remove([&](const Clock& other) {
      const bool same_time = other.deadline.current_due() == clock.deadline.current_due();
      return is_earlier(other) && (same_time || !other.next_alarm());
    });
    clocks_.push_back(std::move(clock));
  }
}

// What was closed or taken back is gone on with: its clocks run from receipt as ever. What had been
// met by then is not spoken of: nobody missed it.
void ReferralClocks::reopen() {
  for (Clock& clock : clocks_) {
    const bool acknowledgement = clock.deadline.kind == kAcknowledgement;
    const bool waits = owed_for(clock) == Owed::kRating || owed_for(clock) == Owed::kReceipt;
    if (!waits || (acknowledgement && acknowledged_)) continue;
    if (is_met(clock)) clock.silent = true;
    clock.deadline.done_at.reset();
  }
}

void ReferralClocks::record_route(const v1::OtherRoute& route) {
  const auto is_it = [&](const Clock& clock) { return clock.id == route.route_id(); };
  if (route.has_deadline() && std::ranges::none_of(clocks_, is_it))
    start(Owed::kRoute, route.route_id(), route.deadline());
  if (route.has_taken_at()) finish(route.taken_at(), is_it);
}

// Taken further unanswered, a challenge waits at the level below no more; that it was missed there
// stays.
void ReferralClocks::challenge(const v1::DecisionChallenged& event) {
  finish(event.step().raised_at(),
         [&](const Clock& clock) { return clock.id == event.challenge_id(); });
  start(Owed::kChallenge, event.challenge_id(), event.step().deadline());
}

void ReferralClocks::put_off(const v1::ReferralDeadlineExtended& event) {
  const auto previous = from_proto(event.extension().previous_due());
  const auto found = std::ranges::find_if(clocks_, [&](const Clock& clock) {
    return clock.runs() && clock.deadline.kind == event.kind() &&
           clock.deadline.current_due() == previous;
  });
  if (found != clocks_.end()) extend(event.kind(), found->id, event.extension());
}

void ReferralClocks::evolve(const v1::ReferralEvent& event) {
  using Event = v1::ReferralEvent;
  switch (event.kind_case()) {
    case Event::kContactReceived:
      for (const common::v1::Deadline& deadline : event.contact_received().deadlines())
        start(Owed::kReceipt, "", deadline);
      return;
    case Event::kContactAcknowledged:
      acknowledged_ = true;
      return finish(event.contact_acknowledged().acknowledged_at(),
                    [](const Clock& clock) { return clock.deadline.kind == kAcknowledgement; });
    case Event::kContactAccepted:
      return reopen();
    case Event::kContactClosed:
      reopen();
      return decide(event.contact_closed().decision().decided_at());
    case Event::kContactWithdrawn:
      return finish(event.contact_withdrawn().withdrawn_at(), [](const Clock& clock) {
        return owed_for(clock) == Owed::kReceipt || owed_for(clock) == Owed::kRating;
      });
    case Event::kReferralRated:
      remove(Owed::kRating);
      for (const common::v1::Deadline& deadline : event.referral_rated().deadlines())
        start(Owed::kRating, "", deadline);
      return;
    case Event::kReferralDecided:
      decide(event.referral_decided().decision().decided_at());
      return restart_outcome(event.referral_decided().deadlines(),
                             event.referral_decided().decision().decided_at());
    case Event::kDecisionRevised:
      return restart_outcome(event.decision_revised().deadlines(),
                             event.decision_revised().decision().decided_at());
    case Event::kAssessmentCompleted: {
      const Timestamp& at = event.assessment_completed().assessment().completed_at();
      if (const auto time = from_proto(at)) assessed_at_ = *time;
      return finish(at, [](const Clock& clock) { return clock.deadline.kind == kAssessment; });
    }
    case Event::kOtherRouteRecorded:
      return record_route(event.other_route_recorded().route());
    case Event::kDeadlineExtended:
      return put_off(event.deadline_extended());
    case Event::kDecisionChallenged:
      return challenge(event.decision_challenged());
    case Event::kChallengeAnswered: {
      const v1::ChallengeAnswered& answered = event.challenge_answered();
      return finish(answered.step().answered_at(),
                    [&](const Clock& clock) { return clock.id == answered.challenge_id(); });
    }
    case Event::kTransferAnswered:
      if (event.transfer_answered().answer().accepted())
        finish(event.transfer_answered().answer().answered_at(), moves_with_responsibility);
      return;
    case Event::kInformationAdded:
    case Event::kFeedbackGiven:
    case Event::kAssigned:
    case Event::kThresholdRecorded:
    case Event::kFamilyInformingRecorded:
    case Event::kTransferProposed:
    case Event::kHistoryFound:
    case Event::kPatternsFound:
    case Event::KIND_NOT_SET:  // refused when read
      return;
    case Event::kDeadlineTold:
      return told(event.deadline_told());
    case Event::kDeadlineRecomputed:
      return recomputed(event.deadline_recomputed());
  }
}

bool ReferralClocks::concerns(const v1::ReferralEvent& event) {
  using Event = v1::ReferralEvent;
  switch (event.kind_case()) {
    case Event::kContactReceived:
    case Event::kContactAcknowledged:
    case Event::kContactAccepted:
    case Event::kContactClosed:
    case Event::kContactWithdrawn:
    case Event::kReferralRated:
    case Event::kReferralDecided:
    case Event::kDecisionRevised:
    case Event::kAssessmentCompleted:
    case Event::kOtherRouteRecorded:
    case Event::kDeadlineExtended:
    case Event::kDecisionChallenged:
    case Event::kChallengeAnswered:
    case Event::kTransferAnswered:
    case Event::kDeadlineTold:
    case Event::kDeadlineRecomputed:
      return true;
    case Event::kInformationAdded:
    case Event::kFeedbackGiven:
    case Event::kAssigned:
    case Event::kThresholdRecorded:
    case Event::kFamilyInformingRecorded:
    case Event::kTransferProposed:
    case Event::kHistoryFound:
    case Event::kPatternsFound:
    case Event::KIND_NOT_SET:
      return false;
  }
  return false;
}

bool ReferralClocks::keeps(const Clock& clock) {
  return owed_for(clock) != Owed::kRoute && owed_for(clock) != Owed::kChallenge;
}

void ReferralClocks::save_more(common::v1::ClockRow* row) const {
  row->add_kept(acknowledged_ ? 1 : 0);
  if (assessed_at_) row->add_kept(assessed_at_->time_since_epoch().count());
}

void ReferralClocks::load_more(const common::v1::ClockRow& row) {
  acknowledged_ = row.kept_size() > 0 && row.kept(0) != 0;
  if (row.kept_size() > 1) assessed_at_ = Time(std::chrono::microseconds(row.kept(1)));
}

const Deadline* ReferralClocks::of_kind(std::string_view kind) const {
  const auto comes_before = [](const Clock& a, const Clock& b) {
    if (a.runs() != b.runs()) return a.runs();
    return a.deadline.current_due() < b.deadline.current_due();
  };
  const Clock* found = nullptr;
  for (const Clock& clock : all())
    if (owed_for(clock) != Owed::kRating && !clock.ended_at && clock.deadline.kind == kind &&
        (found == nullptr || comes_before(clock, *found)))
      found = &clock;
  return found == nullptr ? nullptr : &found->deadline;
}

}  // namespace mash::referral
