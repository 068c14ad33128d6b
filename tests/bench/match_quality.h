#pragma once
#include <cstddef>
#include <cstdint>

#include "referral/matching/matcher.h"

namespace mash::bench {

// How well persons told of twice are found, where the truth is known.
struct MatchQuality {
  std::size_t told_twice = 0;
  std::size_t found = 0;             // of those, proposed as the same
  std::size_t among_candidates = 0;  // of those, opened and compared at all
  std::size_t proposals = 0;         // of any two, true or not

  double recall() const { return static_cast<double>(found) / static_cast<double>(told_twice); }
  double precision() const { return static_cast<double>(found) / static_cast<double>(proposals); }
};

// Registers so many people of an area one after the other, then so many of them again as another
// agency tells of them; each newcomer is looked up among all before, and whoever is like enough is
// proposed, as the hub does it. So everybody's namesakes, twins and brothers count too.
MatchQuality measure_matching(const referral::matching::Matcher& matcher, uint64_t seed,
                              std::size_t people, std::size_t told_twice);

// Counts in made-up people how often each way of agreeing is found, and prints it as the weights'
// file has it.
void print_likelihoods(const referral::matching::Weights& weights, uint64_t seed,
                       std::size_t people);

}  // namespace mash::bench
