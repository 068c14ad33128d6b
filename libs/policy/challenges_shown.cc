#include "policy/challenges_shown.h"

#include <algorithm>

namespace mash::policy {

using referral::v1::Challenge;
using referral::v1::ChallengeStep;

void show_raised(ShownChallenges& challenges, const std::string& challenge_id,
                 const std::string& decision_id, const std::string& agency,
                 const ChallengeStep& step) {
  const auto known = std::ranges::find(challenges, challenge_id, &Challenge::challenge_id);
  Challenge& challenge = known == challenges.end() ? *challenges.Add() : *known;
  challenge.set_challenge_id(challenge_id);
  challenge.set_decision_id(decision_id);
  challenge.set_agency(agency);
  *challenge.add_steps() = step;
}

void show_answered(ShownChallenges& challenges, const std::string& challenge_id,
                   const ChallengeStep& answered, bool resolved) {
  for (Challenge& challenge : challenges) {
    if (challenge.challenge_id() != challenge_id || challenge.steps().empty()) continue;
    // The rules know no words: those of the grounds stand with the event that raised it.
    ChallengeStep& step = *challenge.mutable_steps(challenge.steps_size() - 1);
    const std::string grounds = step.grounds();
    step = answered;
    step.set_grounds(grounds);
    challenge.set_resolved(resolved);
  }
}

void show_recomputed(ShownChallenges& challenges,
                     const common::v1::DeadlineRecomputed& recomputed) {
  for (Challenge& challenge : challenges)
    if (challenge.challenge_id() == recomputed.id() && !challenge.steps().empty())
      *challenge.mutable_steps(challenge.steps_size() - 1)->mutable_deadline() =
          recomputed.deadline();
}

}  // namespace mash::policy
