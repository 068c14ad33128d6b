#include "sharing/consents/consent.h"

#include <algorithm>

#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "sharing/checks.h"

namespace mash::sharing {
namespace {

using Events = Consent::Events;

template <class Names>
bool is_among(const Names& names, const std::string& name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

void check_terms(const v1::ConsentTerms& terms, const Context& context, Checks& checks) {
  check_persons("terms.person_ids", terms.person_ids(), checks);
  check_id("terms.given_by", terms.given_by(), checks);
  if (terms.capacity() == v1::CONSENT_GIVER_UNSPECIFIED)
    checks.fault("terms.capacity", "is missing: in what capacity they answered");
  if (terms.scope().empty())
    checks.fault("terms.scope", "is missing: what may be shared, with whom");
  checks.text("terms.scope", terms.scope(), kNoteBytesMax);
  checks.text("terms.evidence", terms.evidence(), kNoteBytesMax);
  check_agencies("terms.holders", terms.holders(), context, checks);
  check_agencies("terms.recipients", terms.recipients(), context, checks);
  if (terms.has_given_at()) checks.happened("terms.given_at", terms.given_at(), context.now);
  if (terms.refused() && (terms.explicit_() || terms.freely_given()))
    checks.fault("terms.refused", "goes with neither explicit nor freely_given: nothing was given");
  const auto until = from_proto(terms.until());
  if (terms.has_until() && (!until || *until <= context.now))
    checks.fault("terms.until", "is not a time to come");
}

}  // namespace

bool Consent::State::live(Time now) const {
  if (!exists() || terms.refused() || withdrawn_at) return false;
  const auto until = from_proto(terms.until());
  return !terms.has_until() || (until && now < *until);
}

bool Consent::State::covers(const std::string& holder, const std::string& recipient,
                            const std::set<std::string>& person_ids) const {
  const auto concerns = [&](const std::string& person_id) {
    return std::ranges::find(terms.person_ids(), person_id) != terms.person_ids().end();
  };
  return is_among(terms.holders(), holder) && is_among(terms.recipients(), recipient) &&
         std::ranges::all_of(person_ids, concerns);
}

Result<Events> Consent::decide(const State&, const v1::RecordConsentRequest& command,
                               const Context& context) {
  Checks checks;
  check_terms(command.terms(), context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  Event event;
  v1::ConsentRecorded& recorded = *event.mutable_recorded();
  *recorded.mutable_terms() = command.terms();
  if (!command.terms().has_given_at())
    to_proto(context.now, recorded.mutable_terms()->mutable_given_at());
  recorded.set_agency(context.actor.agency);
  recorded.set_recorded_by(context.actor.practitioner);
  to_proto(context.now, recorded.mutable_recorded_at());
  return only(std::move(event));
}

Result<Events> Consent::decide(const State& state, const v1::WithdrawConsentRequest& command,
                               const Context& context) {
  if (!state.exists()) return no_such("consent");
  Checks checks;
  checks.text("statement", command.statement(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.terms.refused())
    return refuse(Code::kFailedPrecondition, "CONSENT_REFUSED",
                  "It was refused: there is nothing to take back.");
  if (state.withdrawn_at) return Events{};
  Event event;
  v1::ConsentWithdrawn& withdrawn = *event.mutable_withdrawn();
  withdrawn.set_agency(context.actor.agency);
  withdrawn.set_statement(command.statement());
  to_proto(context.now, withdrawn.mutable_withdrawn_at());
  return only(std::move(event));
}

Consent::State Consent::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kRecorded: {
      state.terms = event.recorded().terms();
      state.agency = event.recorded().agency();
      if (const auto at = from_proto(event.recorded().recorded_at())) state.recorded_at = *at;
      return state;
    }
    case Event::kWithdrawn:
      if (const auto at = from_proto(event.withdrawn().withdrawn_at())) state.withdrawn_at = *at;
      return state;
    case Event::KIND_NOT_SET:  // refused when read
      return state;
  }
  return state;
}

}  // namespace mash::sharing
