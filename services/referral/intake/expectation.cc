#include "referral/intake/expectation.h"

#include <algorithm>
#include <chrono>

#include "core/checks.h"
#include "core/timestamp.h"

namespace mash::referral {

std::vector<FieldFault> faults_of(const v1::ReportExpectedRequest& request, Time now) {
  Checks checks;
  if (const auto day = from_iso_date(request.day()); !day)
    checks.fault("day", "is no day, written 2026-03-04");
  else if (std::chrono::sys_days(*day) > now + std::chrono::days(1))
    checks.fault("day", "is in the future");
  if (request.references_size() > kReferencesMax)
    checks.fault("references", "are more than " + std::to_string(kReferencesMax));
  const int looked_at = std::min(request.references_size(), kReferencesMax);
  for (int i = 0; i < looked_at; ++i) {
    const std::string field = "references[" + std::to_string(i) + "]";
    if (request.references(i).empty()) checks.fault(field, "is empty");
    checks.line(field, request.references(i));
  }
  return checks.faults();
}

bool is_missing(const v1::ExpectedContact& contact) { return !contact.has_received_at(); }

bool is_unanswered(const v1::ExpectedContact& contact) {
  return contact.has_received_at() && !contact.answered();
}

Result<Expectation::Events> Expectation::decide(const State& state, const Report& command,
                                                const Context& context) {
  if (state.reported) return Events{};
  Event event;
  v1::ExpectedReported& reported = *event.mutable_reported();
  reported.set_agency(context.actor.agency);
  reported.set_day(command.request.day());
  *reported.mutable_reported_at() = to_proto(context.now);
  reported.set_expected(static_cast<uint32_t>(command.contacts.size()));
  *reported.mutable_references() = command.request.references();
  for (const v1::ExpectedContact& contact : command.contacts)
    if (is_missing(contact)) reported.add_missing_references(contact.reference());
  reported.set_missing(static_cast<uint32_t>(reported.missing_references_size()));
  reported.set_unanswered(
      static_cast<uint32_t>(std::ranges::count_if(command.contacts, is_unanswered)));
  return Events{std::move(event)};
}

Expectation::State Expectation::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kReported:
      state.reported = true;
      return state;
    case Event::KIND_NOT_SET:
      break;  // refused when read
  }
  return state;
}

}  // namespace mash::referral
