#include "policy/packs.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/timestamp.h"
#include "policy/pack_file.h"

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
std::optional<FieldFault> fault_between(const PackHead& pack, const PackHead& next) {
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

// By the day they begin, each in a place of its own.
template <class Kind>
std::vector<std::unique_ptr<const Kind>> kept(std::vector<Kind> packs) {
  std::vector<std::unique_ptr<const Kind>> kept;
  kept.reserve(packs.size());
  for (auto& pack : packs) kept.push_back(std::make_unique<const Kind>(std::move(pack)));
  std::ranges::stable_sort(kept, {}, [](const auto& pack) { return Day(pack->in_force().from); });
  return kept;
}

template <class Kind>
void check_days(const std::vector<std::unique_ptr<const Kind>>& kept,
                std::vector<FieldFault>& faults) {
  for (std::size_t i = 1; i < kept.size(); ++i)
    if (auto fault = fault_between(*kept[i - 1], *kept[i])) faults.push_back(*std::move(fault));
}

template <class Kind>
const Kind* on_day(const std::vector<std::unique_ptr<const Kind>>& kept, Day day) {
  const auto after = std::ranges::upper_bound(
      kept, day, {}, [](const auto& pack) { return Day(pack->in_force().from); });
  if (after == kept.begin() || !(*std::prev(after))->in_force(day)) return nullptr;
  return std::prev(after)->get();
}

template <class Kind>
const Kind* cited(const std::vector<std::unique_ptr<const Kind>>& kept, std::string_view wanted) {
  for (const auto& pack : kept)
    if (wanted == pack->id() || wanted == pack->citation()) return pack.get();
  return nullptr;
}

template <class Kind>
std::vector<const Kind*> pointers(const std::vector<std::unique_ptr<const Kind>>& kept) {
  std::vector<const Kind*> packs;
  packs.reserve(kept.size());
  for (const auto& pack : kept) packs.push_back(pack.get());
  return packs;
}

}  // namespace

Result<Packs> Packs::of(std::vector<Pack> packs, std::vector<LawfulBasis> laws,
                        std::vector<NoticeRules> notices) {
  Kept<Pack> kept_packs = kept(std::move(packs));
  Kept<LawfulBasis> kept_laws = kept(std::move(laws));
  Kept<NoticeRules> kept_notices = kept(std::move(notices));
  std::vector<FieldFault> faults;
  if (kept_packs.empty()) faults.push_back({"packs", "are missing: a hub needs one"});
  std::set<std::string> ids;
  const auto check_id = [&](const PackHead& pack) {
    if (!ids.insert(pack.id()).second) faults.push_back({pack.id(), "is there twice"});
  };
  for (const auto& pack : kept_packs) check_id(*pack);
  for (const auto& law : kept_laws) check_id(*law);
  for (const auto& rules : kept_notices) check_id(*rules);
  check_days(kept_packs, faults);
  check_days(kept_laws, faults);
  check_days(kept_notices, faults);
  if (!faults.empty()) return tl::unexpected(invalid_packs(std::move(faults)));
  return Packs(std::move(kept_packs), std::move(kept_laws), std::move(kept_notices));
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
  std::vector<LawfulBasis> laws;
  std::vector<NoticeRules> notices;
  std::vector<FieldFault> faults;
  for (const auto& path : paths) {
    auto pack = load_pack(path);
    if (!pack) {
      if (pack.error().faults.empty()) faults.push_back({path, pack.error().message});
      faults.insert(faults.end(), pack.error().faults.begin(), pack.error().faults.end());
    } else if (auto* rules = std::get_if<Pack>(&*pack)) {
      packs.push_back(std::move(*rules));
    } else if (auto* law = std::get_if<LawfulBasis>(&*pack)) {
      laws.push_back(std::move(*law));
    } else {
      notices.push_back(std::move(std::get<NoticeRules>(*pack)));
    }
  }
  if (!faults.empty()) return tl::unexpected(invalid_packs(std::move(faults)));
  return of(std::move(packs), std::move(laws), std::move(notices));
}

Result<const Pack*> Packs::in_force(Day day) const {
  if (const Pack* pack = on_day(packs_, day)) return pack;
  return refuse(Code::kFailedPrecondition, "NO_PACK_IN_FORCE",
                "No policy pack is in force on " + written(day) + ".");
}

Result<const LawfulBasis*> Packs::law_in_force(Day day) const {
  if (const LawfulBasis* law = on_day(laws_, day)) return law;
  return refuse(Code::kFailedPrecondition, "NO_LAW_IN_FORCE",
                "No lawful-basis pack is in force on " + written(day) + ".");
}

const Pack* Packs::find(std::string_view id_or_citation) const {
  return cited(packs_, id_or_citation);
}
const LawfulBasis* Packs::find_law(std::string_view id_or_citation) const {
  return cited(laws_, id_or_citation);
}

std::vector<const Pack*> Packs::all() const { return pointers(packs_); }
std::vector<const LawfulBasis*> Packs::laws() const { return pointers(laws_); }

const NoticeRules* Packs::notices_in_force(Day day) const { return on_day(notices_, day); }
std::vector<const NoticeRules*> Packs::notices() const { return pointers(notices_); }

}  // namespace mash::policy
