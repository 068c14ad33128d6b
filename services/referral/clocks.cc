#include "referral/clocks.h"

#include <algorithm>
#include <utility>

#include "core/timestamp.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

using google::protobuf::Timestamp;

bool runs(const Clocks::Clock& clock) { return !clock.deadline.done_at; }

// What another authority takes over, or a sender took back. That the contact is acknowledged and a
// challenge answered is still for this hub to do.
bool moves_with_responsibility(const Clocks::Clock& clock) {
  return clock.owed != Clocks::Owed::kChallenge && clock.deadline.kind != kAcknowledgement;
}

}  // namespace

void Clocks::start(Owed owed, const std::string& id, const common::v1::Deadline& set) {
  if (auto deadline = from_proto(set))  // the log refuses what it cannot read back
    clocks_.push_back({.owed = owed, .id = id, .deadline = std::move(*deadline)});
}

void Clocks::remove(Owed owed) {
  std::erase_if(clocks_, [owed](const Clock& clock) { return clock.owed == owed; });
}

// Marks those it is asked for as done at a time, if they were not before.
template <class Which>
void Clocks::finish(const Timestamp& at, Which which) {
  const auto time = from_proto(at);
  if (!time) return;
  for (Clock& clock : clocks_)
    if (runs(clock) && which(clock)) clock.deadline.done_at = *time;
}

// The contact is decided, or the referral is: what was owed until then is done.
void Clocks::decide(const Timestamp& at) {
  finish(at, [](const Clock& clock) {
    return clock.owed == Owed::kRating || clock.deadline.kind == kFirstDecision;
  });
}

// What the decision before had started goes; time that was given for the same duty stays given, and
// what was done stays done.
void Clocks::restart_outcome(const Deadlines& deadlines) {
  std::vector<Clock> before = clocks_;
  remove(Owed::kOutcome);
  for (const common::v1::Deadline& set : deadlines) {
    const size_t count = clocks_.size();
    start(Owed::kOutcome, "", set);
    if (clocks_.size() == count) continue;
    Deadline& deadline = clocks_.back().deadline;
    if (deadline.kind == kAssessment) deadline.done_at = assessed_at_;
    for (const Clock& earlier : before)
      if (earlier.owed == Owed::kOutcome && earlier.deadline.kind == deadline.kind &&
          earlier.deadline.extended() && earlier.deadline.current_due() > deadline.due)
        deadline.extensions = earlier.deadline.extensions;
  }
}

// What was closed or taken back is gone on with: its clocks run from receipt as ever.
void Clocks::reopen() {
  for (Clock& clock : clocks_) {
    const bool acknowledgement = clock.deadline.kind == kAcknowledgement;
    const bool waits = clock.owed == Owed::kRating || clock.owed == Owed::kReceipt;
    if (waits && !(acknowledgement && acknowledged_)) clock.deadline.done_at.reset();
  }
}

void Clocks::record_route(const v1::OtherRoute& route) {
  const auto is_it = [&](const Clock& clock) { return clock.id == route.route_id(); };
  if (route.has_deadline() && std::ranges::none_of(clocks_, is_it))
    start(Owed::kRoute, route.route_id(), route.deadline());
  if (route.has_taken_at()) finish(route.taken_at(), is_it);
}

// Taken further unanswered, a challenge waits at the level below no more; that it was missed there
// stays.
void Clocks::challenge(const v1::DecisionChallenged& event) {
  finish(event.step().raised_at(),
         [&](const Clock& clock) { return clock.id == event.challenge_id(); });
  start(Owed::kChallenge, event.challenge_id(), event.step().deadline());
}

void Clocks::extend(const v1::ReferralDeadlineExtended& event) {
  const auto extension = from_proto(event.extension());
  if (!extension) return;
  const auto is_it = [&](const Clock& clock) {
    return runs(clock) && clock.deadline.kind == event.kind() &&
           clock.deadline.current_due() == extension->previous_due;
  };
  if (const auto found = std::ranges::find_if(clocks_, is_it); found != clocks_.end())
    found->deadline.extensions.push_back(*extension);
}

void Clocks::evolve(const v1::ReferralEvent& event) {
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
        return clock.owed == Owed::kReceipt || clock.owed == Owed::kRating;
      });
    case Event::kReferralRated:
      remove(Owed::kRating);
      for (const common::v1::Deadline& deadline : event.referral_rated().deadlines())
        start(Owed::kRating, "", deadline);
      return;
    case Event::kReferralDecided:
      decide(event.referral_decided().decision().decided_at());
      return restart_outcome(event.referral_decided().deadlines());
    case Event::kDecisionRevised:
      return restart_outcome(event.decision_revised().deadlines());
    case Event::kAssessmentCompleted: {
      const Timestamp& at = event.assessment_completed().assessment().completed_at();
      if (const auto time = from_proto(at)) assessed_at_ = *time;
      return finish(at, [](const Clock& clock) { return clock.deadline.kind == kAssessment; });
    }
    case Event::kOtherRouteRecorded:
      return record_route(event.other_route_recorded().route());
    case Event::kDeadlineExtended:
      return extend(event.deadline_extended());
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
    case Event::kDeadlineTold:
    case Event::kDeadlineRecomputed:
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

const Deadline* Clocks::of_kind(std::string_view kind) const {
  const auto comes_before = [](const Clock& a, const Clock& b) {
    if (runs(a) != runs(b)) return runs(a);
    return a.deadline.current_due() < b.deadline.current_due();
  };
  const Clock* found = nullptr;
  for (const Clock& clock : clocks_)
    if (clock.owed != Owed::kRating && clock.deadline.kind == kind &&
        (found == nullptr || comes_before(clock, *found)))
      found = &clock;
  return found == nullptr ? nullptr : &found->deadline;
}

}  // namespace mash::referral
