#include "referral/matching/blocking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <set>

namespace mash::referral::matching {
namespace {

constexpr std::size_t kNameWordsMax = 3;  // of one name: further ones tell little
constexpr std::size_t kPostcodesMax = 3;
// log2 of how many persons an area knows, about: what finding a single one of them says.
constexpr double kAreaBits = 20;

using Codes = std::set<std::string>;

void add_codes(Codes& codes, const NameWord& word) {
  if (word.is_particle) return;
  for (const auto& form : word.forms) codes.insert(double_metaphone(form).primary);
  codes.insert(word.sounds.alternate);
  codes.erase("");
}

Codes codes_of(const Profile& profile, NameWords Called::* part) {
  Codes codes;
  for (const auto& called : profile.called) {
    const NameWords& name = called.*part;
    for (std::size_t i = 0; i < std::min(name.size(), kNameWordsMax); ++i)
      add_codes(codes, name[i]);
  }
  return codes;
}

// The same for day and month exchanged; empty when it is not known to the day.
std::string day_code(const Birth& birth) {
  if (birth.month == 0 || birth.day == 0 || birth.expected) return {};
  const bool exchangeable = birth.day <= 12;
  const int first = exchangeable ? std::min(birth.day, birth.month) : birth.month;
  const int second = exchangeable ? std::max(birth.day, birth.month) : birth.day;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%d-%d-%d", birth.year, first, second);
  return text.data();
}

class Keys {
 public:
  void add(std::string_view kind, std::string_view one, std::string_view other = {}) {
    if (one.empty() || keys_.size() == kBlockingKeysMax) return;
    std::string key(kind);
    key.append(" ").append(one);
    if (!other.empty()) key.append(" ").append(other);
    if (seen_.insert(key).second) keys_.push_back(std::move(key));
  }
  std::vector<std::string> take() { return std::move(keys_); }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> keys_;
};

}  // namespace

// The most telling first: the limit cuts off the rest of somebody who has many names.
std::vector<std::string> blocking_keys(const Profile& profile) {
  Keys keys;
  keys.add("nhs", profile.nhs_number);
  keys.add("upn", profile.upn);
  const Codes given = codes_of(profile, &Called::given);
  const Codes family = codes_of(profile, &Called::family);
  Codes names = given;
  names.insert(family.begin(), family.end());
  const std::string day = profile.birth ? day_code(*profile.birth) : std::string();
  const Years years = profile.birth ? possible_years(*profile.birth) : Years{.first = 1, .last = 0};
  const std::size_t postcodes = std::min(profile.postcodes.size(), kPostcodesMax);

  if (!day.empty())
    for (const auto& name : names) keys.add("name-day", name, day);
  for (int year = years.first; year <= years.last; ++year) {
    for (std::size_t i = 0; i < postcodes; ++i)
      keys.add("postcode-year", profile.postcodes[i], std::to_string(year));
    for (const auto& name : family) keys.add("family-year", name, std::to_string(year));
  }
  for (const auto& one : given)
    for (const auto& other : family) keys.add("names", std::min(one, other), std::max(one, other));
  for (std::size_t i = 0; i < postcodes; ++i)
    for (const auto& name : names) keys.add("name-postcode", name, profile.postcodes[i]);
  return keys.take();
}

void Candidates::found_by_one_key(std::span<const Uuid> ids) {
  const double evidence =
      kAreaBits - std::log2(static_cast<double>(std::max<std::size_t>(ids.size(), 1)));
  for (const Uuid& id : ids) evidence_[id] += evidence;
}

std::vector<Uuid> Candidates::best(std::size_t limit) const {
  std::vector<std::pair<double, Uuid>> ranked;
  ranked.reserve(evidence_.size());
  for (const auto& [id, evidence] : evidence_) ranked.emplace_back(-evidence, id);
  const auto wanted = static_cast<std::ptrdiff_t>(std::min(limit, ranked.size()));
  std::ranges::partial_sort(ranked, ranked.begin() + wanted);
  std::vector<Uuid> ids;
  for (auto at = ranked.begin(); at != ranked.begin() + wanted; ++at) ids.push_back(at->second);
  return ids;
}

}  // namespace mash::referral::matching
