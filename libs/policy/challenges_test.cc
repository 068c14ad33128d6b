#include "policy/challenges.h"

#include <gtest/gtest.h>

#include "core/calendar.h"
#include "core/testing/times.h"
#include "policy/pack.h"

// What every log that has challenges rests on; who may raise one there is told by its own tests.
namespace mash::policy {
namespace {

namespace v1 = referral::v1;
using mash::testing::utc;

constexpr auto kNotUpheld = v1::CHALLENGE_RESOLUTION_NOT_UPHELD;
const Actor kSchool{"education", "sch-01", "t-3", "practitioner"};
const Actor kManager{"social-care", "mash", "m-1", "mash-manager"};

const Pack& pack() {
  static const Pack pack =
      Pack::load(MASH_SOURCE_DIR "/deploy/policy/working-together-2018.yaml").value();
  return pack;
}

const Calendar& calendar() {
  static const Calendar calendar =
      Calendar::load(MASH_SOURCE_DIR "/deploy/calendar/bank-holidays.json").value();
  return calendar;
}

Context as(const Actor& actor, std::string_view now = "2026-03-04T10:00:00Z") {
  Context context;
  context.actor = actor;
  context.now = utc(now);
  context.pack = &pack();
  context.calendar = &calendar();
  return context;
}

// The school disagrees with d-1.
Challenges raised() {
  Challenges challenges;
  challenges.raised("c-1", "d-1", kSchool.agency,
                    challenges.raise("He was seen there again.", as(kSchool)).value());
  return challenges;
}

template <class T>
std::string reason_of(const Result<T>& result) {
  return result ? "" : result.error().reason;
}

// It stays as it was at the level where it stands.
void answer(Challenges& challenges) {
  const auto answer = challenges.find("c-1")->answer(kNotUpheld, "It stands.", false, as(kManager));
  challenges.answered("c-1", answer.value().step, answer->resolved);
}

TEST(Challenges, ClimbTheLevelsOfThePackAndEndAtTheLast) {
  Challenges challenges = raised();
  for (const ChallengeLevel& level : pack().challenge_levels()) {
    EXPECT_EQ(challenges.find("c-1")->step.level(), level.code);
    answer(challenges);
    const Challenge& so_far = *challenges.find("c-1");
    const bool last = level.code == pack().challenge_levels().back().code;
    EXPECT_EQ(so_far.resolved, last) << level.code;
    const auto next = so_far.go_up("It is wrong.", false, as(kSchool));
    EXPECT_EQ(reason_of(next), last ? "CHALLENGE_RESOLVED" : "");
    if (next) challenges.raised("c-1", "d-1", kSchool.agency, *next);
  }
  EXPECT_EQ(challenges.find("c-1")->levels, static_cast<int>(pack().challenge_levels().size()));
}

TEST(Challenges, AreOverdueOnceTheirTimeIsOverUnanswered) {
  Challenges challenges = raised();
  const Time due = from_proto(challenges.find("c-1")->step.deadline().due()).value();
  EXPECT_FALSE(challenges.find("c-1")->overdue(due));
  EXPECT_TRUE(challenges.find("c-1")->overdue(due + std::chrono::seconds(1)));
  answer(challenges);
  EXPECT_FALSE(challenges.find("c-1")->overdue(due + std::chrono::seconds(1)));
}

TEST(Challenges, AreOneOpenForEachAgency) {
  Challenges challenges = raised();
  EXPECT_EQ(reason_of(challenges.raise("Again.", as(kSchool))), "CHALLENGE_OPEN");
  EXPECT_EQ(reason_of(challenges.raise("We too.", as(kManager))), "");
  const auto agreed = challenges.find("c-1")->answer(v1::CHALLENGE_RESOLUTION_AGREED, "We meet.",
                                                     false, as(kManager));
  challenges.answered("c-1", agreed.value().step, agreed->resolved);
  EXPECT_EQ(reason_of(challenges.raise("Something else.", as(kSchool))), "");
}

TEST(Challenges, AreNotJudgedByWhoMadeTheDecisionOrDisagrees) {
  const Challenges challenges = raised();
  const Challenge& challenge = *challenges.find("c-1");
  EXPECT_EQ(reason_of(challenge.answer(kNotUpheld, "No.", true, as(kManager))), "NOT_INDEPENDENT");
  EXPECT_EQ(reason_of(challenge.answer(kNotUpheld, "No.", false, as(kSchool))), "NOT_INDEPENDENT");
  EXPECT_EQ(reason_of(challenge.answer(kNotUpheld, "No.", false, as(kManager))), "");
}

}  // namespace
}  // namespace mash::policy
