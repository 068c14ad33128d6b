#pragma once
#include <functional>
#include <optional>
#include <string>

#include "core/result.h"
#include "log/handle.h"
#include "sharing/law/decision_facts.h"

namespace mash::log {
class EventLog;
}

namespace mash::sharing {

// Where what a decision is judged on is read.
struct FactSources {
  std::function<Result<Item::State>(const std::string& item_id)> item;
  std::function<Result<Consent::State>(const std::string& consent_id)> consent;
};

// In the unit that decides: everything read is asserted when it commits.
FactSources sources_in(log::UnitOfWork& unit);
// For a read, now or as at a size. `log` outlives it.
FactSources sources_in(const log::EventLog& log, std::optional<uint64_t> as_at_size = {});

// Whose decision is judged, as of when, and in whose place it stands.
struct Judged {
  Actor maker;
  Time now{};
  std::string supersedes{};
};

// Gathers what the terms are judged on. Only what lies in the case counts, and of another agency's
// item only that it is there and whose it is: no fault is to tell more of it. `family` and
// `agencies` outlive the facts.
Result<DecisionFacts> gather(const v1::DecisionTerms& terms, const cases::Family& family,
                             const Agencies& agencies, const Judged& judged,
                             const FactSources& sources);

}  // namespace mash::sharing
