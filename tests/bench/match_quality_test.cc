#include "bench/match_quality.h"

#include <gtest/gtest.h>

#include <string>

namespace mash::bench {
namespace {

using referral::matching::Matcher;
using referral::matching::Weights;

// Fixed, so that only a change of the rules or the weights changes the outcome; the bars are those
// of bench-match less what chance may take from a sample of this size.
constexpr uint64_t kSeed = 21;

TEST(MatchQuality, FindsPersonsToldOfTwiceAndFewOthers) {
  const auto weights =
      Weights::load(std::string(MASH_SOURCE_DIR) + "/deploy/matching/england.yaml").value();
  const auto quality = measure_matching(Matcher(weights), kSeed, 4'000, 1'000);
  EXPECT_GE(quality.recall(), 0.93);
  EXPECT_GE(quality.precision(), 0.88);
}

}  // namespace
}  // namespace mash::bench
