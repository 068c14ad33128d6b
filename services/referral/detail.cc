#include "referral/detail.h"

#include <algorithm>

#include "core/deadline.h"
#include "core/timestamp.h"
#include "referral/caller.h"
#include "referral/referral.h"
#include "referral/row.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

using google::protobuf::Timestamp;

// Puts a referral together event by event.
class Telling {
 public:
  Telling(const std::string& referral_id, const Audience& audience) : audience_(audience) {
    row_.mutable_summary()->set_referral_id(referral_id);
  }

  void tell(const v1::ReferralEvent& event);
  v1::ReferralDetail finish(Time now) &&;

 private:
  bool sees_all() const { return audience_.sees != Audience::Sees::kOwn; }
  bool sees_of(const std::string& agency) const { return sees_all() || agency == audience_.agency; }
  void tell_contact(const v1::ContactReceived& event);
  void tell_decision(const v1::Decision& decision);
  void finish_deadlines(Time now);

  // Since when what a deadline asks for has been done; nothing, while it has not.
  const Timestamp* done_at(const std::string& kind) const;

  const Audience& audience_;
  v1::ReferralRow row_;
  v1::ReferralDetail detail_;
  Deadlines standing_;  // from receipt
  Deadlines rated_;     // by the rating in force
  Deadlines started_;   // by the decision in force
};

void Telling::tell_contact(const v1::ContactReceived& event) {
  standing_ = event.deadlines();
  if (!sees_of(event.agency())) return;
  *detail_.mutable_account() = event.account();
  *detail_.mutable_lawful_basis() = event.lawful_basis();
  if (event.has_occurred_at()) *detail_.mutable_occurred_at() = event.occurred_at();
  *detail_.mutable_set_aside() = event.set_aside();
  for (int i = 0; i < event.child_ids_size(); ++i) {
    v1::ReferralChild& child = *detail_.add_children();
    child.set_person_id(event.child_ids(i));
    if (i < event.children_size()) *child.mutable_account() = event.children(i);
  }
}

void Telling::tell_decision(const v1::Decision& decision) {
  if (sees_all()) *detail_.add_decisions() = decision;
}

void Telling::tell(const v1::ReferralEvent& event) {
  using Event = v1::ReferralEvent;
  evolve_row(row_, event);
  switch (event.kind_case()) {
    case Event::kContactReceived:
      return tell_contact(event.contact_received());
    case Event::kContactAcknowledged:
      detail_.set_acknowledgement(event.contact_acknowledged().message());
      return;
    case Event::kContactAccepted:
      if (sees_all()) *detail_.add_contact_decisions() = event.contact_accepted().decision();
      return;
    case Event::kContactClosed:
      if (sees_all()) *detail_.add_contact_decisions() = event.contact_closed().decision();
      return;
    case Event::kInformationAdded: {
      const v1::InformationAdded& added = event.information_added();
      if (!sees_of(added.information().agency())) return;
      *detail_.add_information() = added.information();
      detail_.mutable_set_aside()->MergeFrom(added.set_aside());
      return;
    }
    case Event::kReferralRated:
      rated_ = event.referral_rated().deadlines();
      if (sees_all()) *detail_.add_ratings() = event.referral_rated().rating();
      return;
    case Event::kReferralDecided:
      started_ = event.referral_decided().deadlines();
      return tell_decision(event.referral_decided().decision());
    case Event::kDecisionRevised:
      started_ = event.decision_revised().deadlines();
      return tell_decision(event.decision_revised().decision());
    case Event::kFeedbackGiven:
      if (sees_of(event.feedback_given().feedback().agency()))
        *detail_.add_feedback() = event.feedback_given().feedback();
      return;
    case Event::kAssigned:
    case Event::kThresholdRecorded:
    case Event::kFamilyInformingRecorded:
    case Event::kAssessmentCompleted:
    case Event::kOtherRouteRecorded:
    case Event::kDeadlineExtended:
    case Event::kDecisionChallenged:
    case Event::kChallengeAnswered:
    case Event::kTransferProposed:
    case Event::kTransferAnswered:
    case Event::kContactWithdrawn:
    case Event::kHistoryFound:
    case Event::kPatternsFound:
      return;
    case Event::KIND_NOT_SET:
      return;  // refused when read
  }
}

const Timestamp* Telling::done_at(const std::string& kind) const {
  const v1::ReferralSummary& summary = row_.summary();
  if (kind == kAcknowledgement)
    return summary.has_acknowledged_at() ? &summary.acknowledged_at() : nullptr;
  const auto starts = [&](const common::v1::Deadline& started) { return started.kind() == kind; };
  if (std::ranges::any_of(started_, starts)) return nullptr;
  return summary.has_decided_at() ? &summary.decided_at() : nullptr;
}

void Telling::finish_deadlines(Time now) {
  Deadlines all = standing_;
  if (sees_all()) {
    all.MergeFrom(rated_);
    all.MergeFrom(started_);
  }
  for (const common::v1::Deadline& set : all) {
    auto deadline = from_proto(set);
    if (!deadline) continue;  // the log refuses what it cannot read back
    if (const Timestamp* done = done_at(set.kind()))
      if (const auto time = from_proto(*done)) deadline->done_at = *time;
    to_proto(*deadline, now, detail_.add_deadlines());
  }
}

v1::ReferralDetail Telling::finish(Time now) && {
  finish_deadlines(now);
  *detail_.mutable_summary() = sees_all() ? row_.summary() : for_referrer(row_);
  if (sees_all()) *detail_.mutable_referrers() = row_.referrers();
  return std::move(detail_);
}

}  // namespace

Audience Audience::of(const Actor& actor, const std::string& purpose) {
  if (is_hub(actor)) return {.sees = Sees::kAll, .agency = actor.agency};
  if (!is_auditor(actor)) return {.sees = Sees::kOwn, .agency = actor.agency};
  return {.sees = purpose.empty() ? Sees::kNoContent : Sees::kAll, .agency = actor.agency};
}

v1::ReferralDetail detail_of(const std::string& referral_id,
                             const std::vector<v1::ReferralEvent>& events, const Audience& audience,
                             Time now) {
  Telling telling(referral_id, audience);
  for (const v1::ReferralEvent& event : events) telling.tell(event);
  return std::move(telling).finish(now);
}

}  // namespace mash::referral
