#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "mash/common/v1/deadline.pb.h"
#include "mash/referral/v1/challenge.pb.h"

namespace mash::policy {

// Challenges as a query shows them, from the events of the stream they are in: the grounds and
// answers of each level with them.
using ShownChallenges = google::protobuf::RepeatedPtrField<referral::v1::Challenge>;

void show_raised(ShownChallenges& challenges, const std::string& challenge_id,
                 const std::string& decision_id, const std::string& agency,
                 const referral::v1::ChallengeStep& step);
void show_answered(ShownChallenges& challenges, const std::string& challenge_id,
                   const referral::v1::ChallengeStep& step, bool resolved);
// The calendar changed, and with it when the level where a challenge stands is to answer. Of
// another id: nothing.
void show_recomputed(ShownChallenges& challenges, const common::v1::DeadlineRecomputed& recomputed);

}  // namespace mash::policy
