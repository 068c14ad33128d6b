#include "policy/pack.h"

#include <algorithm>

namespace mash::policy {
namespace {

template <class T>
const T* find_code(const std::vector<T>& rules, std::string_view code) {
  const auto found = std::ranges::find(rules, code, &T::code);
  return found == rules.end() ? nullptr : &*found;
}

Error not_in_force(const Basis& basis, std::string_view name) {
  return {.code = Code::kFailedPrecondition,
          .reason = "RULE_NOT_IN_FORCE",
          .message = "The timescale " + std::string(name) + " was not in force on that day.",
          .sources = {basis.source}};
}

}  // namespace

bool ReferralOutcome::allows_level(std::string_view level) const {
  return std::ranges::find(levels, level) != levels.end();
}

bool DiscussionFunction::open_to(std::string_view body) const {
  return bodies.empty() || std::ranges::find(bodies, body) != bodies.end();
}

const DiscussionFunction* DiscussionRules::function(std::string_view code) const {
  return find_code(functions, code);
}

std::vector<std::string> DiscussionRules::needed(bool looked_after, bool unborn) const {
  const auto applies = [looked_after, unborn](QuorumWhen when) {
    switch (when) {
      case QuorumWhen::kAlways:
        return true;
      case QuorumWhen::kLookedAfter:
        return looked_after;
      case QuorumWhen::kUnborn:
        return unborn;
    }
    return true;
  };
  std::vector<std::string> codes;
  for (const QuorumRule& rule : quorum) {
    if (!applies(rule.when)) continue;
    for (const auto& code : rule.needs)
      if (std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
  }
  return codes;
}

const CodeEntry* CodeList::find(std::string_view code) const { return find_code(codes, code); }

bool CodeList::takes(std::string_view code) const {
  const CodeEntry* found = find(code);
  return found != nullptr && !found->retired;
}

const TimescaleRule* Pack::timescale(std::string_view name) const {
  const auto found = std::ranges::find(timescales_, name, [](const TimescaleRule& rule) {
    return std::string_view(rule.timescale.name);
  });
  return found == timescales_.end() ? nullptr : &*found;
}

const LevelOfNeed* Pack::level_of_need(std::string_view code) const {
  return find_code(levels_of_need_, code);
}

const Rating* Pack::rating(std::string_view code) const { return find_code(ratings_, code); }

const ContactOutcome* Pack::contact_outcome(std::string_view code) const {
  return find_code(contact_outcomes_, code);
}

const ReferralOutcome* Pack::referral_outcome(std::string_view code) const {
  return find_code(referral_outcomes_, code);
}

const CodeList* Pack::codes(std::string_view list) const {
  const auto found = std::ranges::find(code_lists_, list, &CodeList::name);
  return found == code_lists_.end() ? nullptr : &*found;
}

Result<Deadline> Pack::deadline(std::string_view name, Time start, const Calendar& calendar) const {
  const TimescaleRule* rule = timescale(name);
  if (rule == nullptr)
    return refuse(Code::kNotFound, "UNKNOWN_TIMESCALE",
                  "The policy pack " + id() + " has no timescale " + std::string(name) + ".");
  if (!rule->basis.in_force.hold(calendar.london().day(start)))
    return tl::unexpected(not_in_force(rule->basis, name));
  return set_deadline(rule->timescale, start, id(), calendar, hub_hours_);
}

Result<Deadline> Pack::information_request(std::string_view code, Time start,
                                           const Deadline* decision,
                                           const Calendar& calendar) const {
  const Rating* rated = rating(code);
  if (rated == nullptr)
    return refuse(Code::kNotFound, "UNKNOWN_RATING",
                  "The policy pack " + id() + " has no rating " + std::string(code) + ".");
  auto due = deadline(rated->information_request, start, calendar);
  if (due && decision != nullptr && !decision->done_at && decision_caps_requests_)
    return capped(*std::move(due), *decision);
  return due;
}

Result<bool> Pack::is_within(Span window, Time previous, Time now, const Calendar& calendar) const {
  return add(previous, window, calendar, hub_hours_).map([now, previous](Time end) {
    return now >= previous && now <= end;
  });
}

Result<bool> Pack::is_re_referral(Time previous, Time now, const Calendar& calendar) const {
  return is_within(re_referral_.window, previous, now, calendar);
}

Result<bool> Pack::is_repeated_missing(Time previous, Time now, const Calendar& calendar) const {
  return is_within(patterns_.missing_window, previous, now, calendar);
}

}  // namespace mash::policy
