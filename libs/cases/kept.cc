#include "cases/kept.h"

#include "core/ids.h"
#include "core/timestamp.h"

namespace mash::cases {
namespace {

namespace told = referral::v1;

bool matters(const told::ReferralEvent& event) {
  using Event = told::ReferralEvent;
  switch (event.kind_case()) {
    case Event::kContactReceived:
    case Event::kContactAccepted:
    case Event::kContactClosed:
    case Event::kContactWithdrawn:
    case Event::kInformationAdded:
    case Event::kReferralRated:
    case Event::kReferralDecided:
    case Event::kDecisionRevised:
    case Event::kThresholdRecorded:
    case Event::kTransferAnswered:
      return true;
    case Event::kDeadlineExtended:
      return event.deadline_extended().kind() == "first-decision";
    case Event::kDeadlineRecomputed:
      return event.deadline_recomputed().deadline().kind() == "first-decision";
    case Event::kContactAcknowledged:
    case Event::kFeedbackGiven:
    case Event::kAssigned:
    case Event::kFamilyInformingRecorded:
    case Event::kAssessmentCompleted:
    case Event::kOtherRouteRecorded:
    case Event::kDecisionChallenged:
    case Event::kChallengeAnswered:
    case Event::kTransferProposed:
    case Event::kHistoryFound:
    case Event::kPatternsFound:
    case Event::kDeadlineTold:
    case Event::KIND_NOT_SET:
      return false;
  }
  return false;
}

bool matters(const told::PersonEvent& event) {
  return event.has_same_decided() || event.has_not_same_decided();
}

v1::KnownPersonEvent in_case(const std::string& case_id, const std::string& referral_id,
                             bool child) {
  v1::KnownPersonEvent event;
  event.mutable_in_case()->set_case_id(case_id);
  event.mutable_in_case()->set_referral_id(referral_id);
  event.mutable_in_case()->set_child(child);
  return event;
}

// The event of a record of that type; nothing: it is of another.
template <class Event>
Result<std::optional<Event>> event_in(const log::Record& record) {
  std::optional<Event> event;
  if (record.body.type() != Event::descriptor()->full_name()) return event;
  if (!event.emplace().ParseFromString(record.body.event()))
    return refuse(Code::kDataLoss, "RECORD_MALFORMED", "The record's event cannot be read.");
  return event;
}

Kept of_referral(const log::Record& record, told::ReferralEvent event) {
  Kept kept{.case_id = record.body.case_id(), .of_case = {}, .of_persons = {}};
  if (!matters(event)) return kept;
  const std::string referral_id = id_in(record.body.stream());
  const told::ContactReceived& contact = event.contact_received();
  for (const std::string& person_id : contact.child_ids())
    kept.of_persons.emplace(person_id, in_case(kept.case_id, referral_id, true));
  for (const std::string& person_id : contact.person_ids())
    kept.of_persons.emplace(person_id, in_case(kept.case_id, referral_id, false));
  v1::KnownReferral& referral = *kept.of_case.emplace().mutable_referral();
  referral.set_referral_id(referral_id);
  *referral.mutable_event() = std::move(event);
  to_proto(record.prefix.recorded_at, referral.mutable_recorded_at());
  return kept;
}

Kept of_case(const log::Record& record, told::CaseEvent event) {
  Kept kept{.case_id = id_in(record.body.stream()), .of_case = {}, .of_persons = {}};
  *kept.of_case.emplace().mutable_case_() = std::move(event);
  return kept;
}

// Another service's copies of the referral log are not copied again.
Kept of_known_case(const log::Record& record, v1::KnownCaseEvent event) {
  Kept kept{.case_id = record.body.case_id(), .of_case = {}, .of_persons = {}};
  if (event.has_involved()) kept.of_case = std::move(event);
  return kept;
}

Kept of_person(const log::Record& record, told::PersonEvent event) {
  Kept kept;
  if (matters(event))
    *kept.of_persons[id_in(record.body.stream())].mutable_person() = std::move(event);
  return kept;
}

}  // namespace

Result<Kept> kept_of(const log::Record& record) {
  auto referral = event_in<told::ReferralEvent>(record);
  if (!referral) return tl::unexpected(referral.error());
  if (*referral) return of_referral(record, std::move(**referral));
  auto known_case = event_in<told::CaseEvent>(record);
  if (!known_case) return tl::unexpected(known_case.error());
  if (*known_case) return of_case(record, std::move(**known_case));
  auto elsewhere = event_in<v1::KnownCaseEvent>(record);
  if (!elsewhere) return tl::unexpected(elsewhere.error());
  if (*elsewhere) return of_known_case(record, std::move(**elsewhere));
  return event_in<told::PersonEvent>(record).map([&](std::optional<told::PersonEvent> person) {
    return person ? of_person(record, std::move(*person)) : Kept{};
  });
}

}  // namespace mash::cases
