#include "policy/packs.h"

#include <algorithm>
#include <filesystem>

#include "core/timestamp.h"

namespace mash::policy {
namespace {

using std::chrono::days;

Error invalid_packs(std::vector<FieldFault> faults) {
  return {.code = Code::kInvalidArgument,
          .reason = "INVALID_PACKS",
          .message = "The policy packs do not fit together.",
          .faults = std::move(faults)};
}

std::string written(Day day) { return to_iso_date(std::chrono::year_month_day(day)); }

// What is wrong between a pack and the one that begins next.
std::optional<FieldFault> fault_between(const Pack& pack, const Pack& next) {
  const Day next_from(next.in_force().from);
  if (Day(pack.in_force().from) == next_from)
    return FieldFault{next.id(), "begins on " + written(next_from) + ", as " + pack.id() + " does"};
  if (!pack.in_force().until) return std::nullopt;
  const Day until(*pack.in_force().until);
  if (until >= next_from)
    return FieldFault{next.id(), "begins on " + written(next_from) + ", while " + pack.id() +
                                     " holds until " + written(until)};
  if (until + days(1) < next_from)
    return FieldFault{next.id(), "begins on " + written(next_from) + ", and no pack holds after " +
                                     written(until)};
  return std::nullopt;
}

}  // namespace

Result<Packs> Packs::of(std::vector<Pack> packs) {
  std::vector<std::unique_ptr<const Pack>> kept;
  kept.reserve(packs.size());
  for (auto& pack : packs) kept.push_back(std::make_unique<const Pack>(std::move(pack)));
  std::ranges::stable_sort(kept, {}, [](const auto& pack) { return Day(pack->in_force().from); });
  std::vector<FieldFault> faults;
  if (kept.empty()) faults.push_back({"packs", "are missing: a hub needs one"});
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      if (kept[i]->id() == kept[j]->id()) faults.push_back({kept[i]->id(), "is there twice"});
    if (i == 0) continue;
    if (auto fault = fault_between(*kept[i - 1], *kept[i])) faults.push_back(*std::move(fault));
  }
  if (!faults.empty()) return tl::unexpected(invalid_packs(std::move(faults)));
  return Packs(std::move(kept));
}

Result<Packs> Packs::load(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(folder, problem))
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  if (problem || paths.empty())
    return refuse(Code::kNotFound, "PACK_MISSING", "There is no policy pack in " + folder);
  std::ranges::sort(paths);
  std::vector<Pack> packs;
  std::vector<FieldFault> faults;
  for (const auto& path : paths) {
    auto pack = Pack::load(path);
    if (pack) {
      packs.push_back(*std::move(pack));
      continue;
    }
    if (pack.error().faults.empty()) faults.push_back({path, pack.error().message});
    faults.insert(faults.end(), pack.error().faults.begin(), pack.error().faults.end());
  }
  if (!faults.empty()) return tl::unexpected(invalid_packs(std::move(faults)));
  return of(std::move(packs));
}

Result<const Pack*> Packs::in_force(Day day) const {
  const auto after = std::ranges::upper_bound(
      packs_, day, {}, [](const auto& pack) { return Day(pack->in_force().from); });
  if (after != packs_.begin() && (*std::prev(after))->in_force().hold(day))
    return std::prev(after)->get();
  return refuse(Code::kFailedPrecondition, "NO_PACK_IN_FORCE",
                "No policy pack is in force on " + written(day) + ".");
}

const Pack* Packs::find(std::string_view wanted) const {
  for (const auto& pack : packs_)
    if (wanted == pack->id() || wanted == pack->citation()) return pack.get();
  return nullptr;
}

std::vector<const Pack*> Packs::all() const {
  std::vector<const Pack*> packs;
  packs.reserve(packs_.size());
  for (const auto& pack : packs_) packs.push_back(pack.get());
  return packs;
}

}  // namespace mash::policy
