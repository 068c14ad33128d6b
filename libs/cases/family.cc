#include "cases/family.h"

#include <algorithm>
#include <chrono>

#include "core/caller.h"

namespace mash::cases {
namespace {

constexpr std::chrono::milliseconds kAskAgainAfter{60'000};

}  // namespace

bool Family::names(const std::string& person_id) const {
  return std::ranges::any_of(
      referrals, [&](const auto& entry) { return entry.second.people.contains(person_id); });
}

bool Family::names_child(const std::string& person_id) const {
  return std::ranges::any_of(
      referrals, [&](const auto& entry) { return entry.second.children.contains(person_id); });
}

Result<void> may_know(const Family& family, const Actor& actor, std::string_view what) {
  const bool entitled = is_hub(actor) || is_auditor(actor) || family.has_part(actor.agency);
  const CaseAccess& known = family.parked.empty() ? family.access : family.access_before;
  if (!family.exists() || !entitled || !known.admits(actor)) return no_such(what);
  if (!family.parked.empty()) return case_parked();
  return {};
}

tl::unexpected<Error> case_parked() {
  auto error = refuse(Code::kUnavailable, "CASE_PARKED",
                      "Something was said of the case that could not be taken in here: nothing is "
                      "judged by it until an operator has seen to that.");
  error.value().retry_after = kAskAgainAfter;
  return error;
}

}  // namespace mash::cases
