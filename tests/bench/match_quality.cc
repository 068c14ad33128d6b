#include "bench/match_quality.h"

#include <array>
#include <cstdio>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "generator/area.h"
#include "referral/matching/blocking.h"

namespace mash::bench {
namespace {

using generator::Area;
using generator::Identity;
using generator::Random;
using generator::told_otherwise;
using referral::matching::Comparison;
using referral::matching::Field;
using referral::matching::kFields;
using referral::matching::kLevels;
using referral::matching::Level;
using referral::matching::Matcher;
using referral::matching::name_of;
using referral::matching::Profile;

constexpr std::chrono::sys_days kToday{std::chrono::year{2026} / 3 / 29};

Uuid id_of(std::size_t number) {
  Uuid id;
  for (std::size_t i = 0; i < sizeof(number); ++i)
    id.bytes[15 - i] = static_cast<uint8_t>(number >> (8 * i));
  return id;
}

std::size_t number_of(const Uuid& id) {
  std::size_t number = 0;
  for (std::size_t i = 8; i < id.bytes.size(); ++i) number = number << 8 | id.bytes[i];
  return number;
}

// A hub's persons in memory: profiles, and the look-up in the clear.
class Known {
 public:
  explicit Known(const Matcher& matcher) : matcher_(matcher) {}

  // Whom the hub would open for somebody new.
  std::vector<std::size_t> candidates(const Profile& profile) const {
    referral::matching::Candidates found;
    for (const auto& key : blocking_keys(profile))
      if (const auto at = lookup_.find(key); at != lookup_.end())
        found.found_by_one_key(at->second);
    std::vector<std::size_t> numbers;
    for (const Uuid& id : found.best()) numbers.push_back(number_of(id));
    return numbers;
  }

  bool proposes(const Profile& newcomer, std::size_t number) const {
    return matcher_.compare(newcomer, profiles_[number]).probability() >=
           matcher_.weights().propose_at();
  }

  void add(Profile profile) {
    for (auto& key : blocking_keys(profile)) {
      auto& ids = lookup_[std::move(key)];
      if (ids.size() < referral::matching::kFoundByKeyMax) ids.push_back(id_of(profiles_.size()));
    }
    profiles_.push_back(std::move(profile));
  }

 private:
  const Matcher& matcher_;
  std::vector<Profile> profiles_;
  std::unordered_map<std::string, std::vector<Uuid>> lookup_;
};

std::vector<Identity> make_people(uint64_t seed, std::size_t count) {
  Area area(seed, kToday);
  std::vector<Identity> people;
  while (people.size() < count)
    for (auto& person : area.next_household()) people.push_back(std::move(person));
  people.resize(count);
  return people;
}

// How often each way of agreeing was counted.
struct Counts {
  std::array<std::array<double, kLevels>, kFields> of{};

  void add(const std::vector<Comparison>& comparisons) {
    for (const auto& each : comparisons)
      ++of[static_cast<std::size_t>(each.field)][static_cast<std::size_t>(each.level)];
  }
  // Of all in which both said something; never nought, since nothing is impossible.
  double share(std::size_t field, std::size_t level) const {
    double all = 0;
    for (const double count : of[field]) all += count;
    return (of[field][level] + 0.5) / (all + 1);
  }
};

}  // namespace

MatchQuality measure_matching(const Matcher& matcher, uint64_t seed, std::size_t people,
                              std::size_t told_twice) {
  const auto identities = make_people(seed, people);
  MatchQuality quality{.told_twice = told_twice};
  Known known(matcher);
  const auto arrive = [&](const Identity& identity, std::size_t truth) {
    auto profile = matcher.prepare(identity);
    for (const std::size_t number : known.candidates(profile)) {
      const bool is_same = number == truth;
      quality.among_candidates += is_same ? 1 : 0;
      if (!known.proposes(profile, number)) continue;
      ++quality.proposals;
      quality.found += is_same ? 1 : 0;
    }
    known.add(std::move(profile));
  };
  for (std::size_t i = 0; i < people; ++i) arrive(identities[i], people);
  Random random(seed + 1);
  const std::size_t step = people / told_twice;
  for (std::size_t i = 0; i < told_twice; ++i)
    arrive(told_otherwise(random, identities[i * step]), i * step);
  return quality;
}

void print_likelihoods(const referral::matching::Weights& weights, uint64_t seed,
                       std::size_t people) {
  Area area(seed, kToday);
  Random random(seed + 1);
  Counts same, stranger, household;
  std::vector<Profile> earlier;
  while (earlier.size() < people) {
    std::vector<Profile> home;
    for (const auto& person : area.next_household()) {
      home.push_back(profile_of(person, weights));
      const auto again = profile_of(told_otherwise(random, person), weights);
      same.add(compare_fields(home.back(), again, weights));
      for (std::size_t i = 0; i + 1 < home.size(); ++i)
        household.add(compare_fields(home[i], again, weights));
      for (int i = 0; i < 40 && !earlier.empty(); ++i)
        stranger.add(compare_fields(earlier[random.below(earlier.size())], again, weights));
    }
    for (auto& profile : home) earlier.push_back(std::move(profile));
  }
  for (std::size_t i = 1; i < kFields; ++i) {
    const auto field = static_cast<Field>(i);
    std::printf("  %s:\n", std::string(name_of(field)).c_str());
    for (std::size_t j = 0; j < kLevels; ++j) {
      const auto level = static_cast<Level>(j);
      if (!has_level(field, level)) continue;
      std::printf("    %s: {same: %.3g, stranger: %.3g, household: %.3g}\n",
                  std::string(name_of(level)).c_str(), same.share(i, j), stranger.share(i, j),
                  household.share(i, j));
    }
  }
}

}  // namespace mash::bench
