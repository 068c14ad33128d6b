#include "policy/challenges_shown.h"

#include <gtest/gtest.h>

namespace mash::policy {
namespace {

using referral::v1::ChallengeStep;

ChallengeStep step(const std::string& level) {
  ChallengeStep step;
  step.set_level(level);
  step.mutable_deadline()->set_kind("challenge-" + level);
  return step;
}

TEST(ShownChallenge, HasItsLevelsInTheirOrderAndTheAnswerAtTheLast) {
  ShownChallenges challenges;
  show_raised(challenges, "c-1", "d-1", "police", step("team-manager"));
  show_raised(challenges, "c-1", "d-1", "police", step("head-of-service"));
  ChallengeStep answered = step("head-of-service");
  answered.set_answer("We meet again.");
  show_answered(challenges, "c-1", answered, true);
  ASSERT_EQ(challenges.size(), 1);
  EXPECT_EQ(challenges[0].agency(), "police");
  ASSERT_EQ(challenges[0].steps_size(), 2);
  EXPECT_EQ(challenges[0].steps(0).answer(), "");
  EXPECT_EQ(challenges[0].steps(1).answer(), "We meet again.");
  EXPECT_TRUE(challenges[0].resolved());
}

TEST(ShownChallenge, OfOneDoesNotTouchAnother) {
  ShownChallenges challenges;
  show_raised(challenges, "c-1", "d-1", "police", step("team-manager"));
  show_raised(challenges, "c-2", "d-1", "health", step("team-manager"));
  show_answered(challenges, "c-2", step("team-manager"), true);
  EXPECT_FALSE(challenges[0].resolved());
  EXPECT_TRUE(challenges[1].resolved());
}

TEST(ShownChallenge, IsAnsweredByAnotherTimeWhereTheCalendarChanged) {
  ShownChallenges challenges;
  show_raised(challenges, "c-1", "d-1", "police", step("team-manager"));
  common::v1::DeadlineRecomputed recomputed;
  recomputed.set_id("c-2");
  recomputed.mutable_deadline()->set_calendar("newer");
  show_recomputed(challenges, recomputed);
  EXPECT_EQ(challenges[0].steps(0).deadline().calendar(), "");
  recomputed.set_id("c-1");
  show_recomputed(challenges, recomputed);
  EXPECT_EQ(challenges[0].steps(0).deadline().calendar(), "newer");
}

}  // namespace
}  // namespace mash::policy
