#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/decider.h"
#include "mash/sharing/v1/consent_events.pb.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::sharing {

// A consent, or its refusal: the stream "consent/<id>".
struct Consent {
  using Event = v1::ConsentEvent;
  using Events = std::vector<Event>;

  struct State {
    v1::ConsentTerms terms;  // without its texts
    std::string agency;      // empty: there is no such consent
    Time recorded_at{};
    std::optional<Time> withdrawn_at;

    bool exists() const { return !agency.empty(); }
    // Given, not withdrawn, and not over at `now`.
    bool live(Time now) const;
    // Whether it covers what this holder shares with this recipient about these persons.
    bool covers(const std::string& holder, const std::string& recipient,
                const std::set<std::string>& person_ids) const;
  };

  static Result<Events> decide(const State&, const v1::RecordConsentRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::WithdrawConsentRequest&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Consent>);

}  // namespace mash::sharing
