#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "mash/referral/v1/matching.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::referral {

struct ContactSoFar;

inline constexpr size_t kPatternsMax = 20;      // of one referral
inline constexpr size_t kOthersInPattern = 20;  // children that a pattern names beside its own

// A context's persons now, opened: who has a part in it that has not ended.
struct ContextNow {
  bool erased = false;
  std::vector<std::string> persons;  // each once
};
Result<ContextNow> context_now(const log::EventLog& log, const std::string& context_id);

// The children among some persons at `now`: ids that are held to be one child are one, and stand
// together, the one that was given first.
Result<std::vector<std::vector<std::string>>> children_among(
    const log::EventLog& log, const std::vector<std::string>& persons, Time now);

// What several records show together about a contact's children, as the pack in force asks
// (policy::PatternRules): several children in one context of risk, and repeated missing episodes.
// At most kPatternsMax.
Result<std::vector<v1::Pattern>> patterns_of(const log::EventLog& log, const ContactSoFar& contact,
                                             const Context& context);

}  // namespace mash::referral
