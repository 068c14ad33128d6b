#include "cases/following.h"

#include <gmock/gmock.h>

#include "cases/case_guard.h"
#include "cases/cases_known.h"
#include "cases/cluster.h"
#include "cases/involve.h"
#include "cases/testing/two_logs.h"
#include "mash/sharing/v1/request_events.pb.h"

namespace mash::cases {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

constexpr auto kPatience = std::chrono::seconds(120);

class FollowingTest : public TwoLogs {
 protected:
  void start() { following_ = std::make_unique<Following>(parts()); }
  void stop() { following_.reset(); }
  // Waits until what the referral log just got is known here.
  void settle() {
    if (!following_) start();
    ASSERT_TRUE(following_->wait_until(referral_->size(), kPatience));
  }
  Family family(const std::string& case_id) { return family_of(*own_, case_id).value(); }
  bool may_know(const std::string& case_id, const Actor& actor) {
    return cases::may_know(family(case_id), actor).has_value();
  }

  std::unique_ptr<Following> following_;
};

TEST_F(FollowingTest, SeesAContactAtOnce) {
  start();
  tell({contact_from("police", "c-1", "r-1")});
  settle();
  EXPECT_TRUE(family("c-1").exists());
  EXPECT_EQ(following_->follower().behind(), 0U);
  EXPECT_FALSE(following_->follower().is_held_up());
}

TEST_F(FollowingTest, SeesARestrictionABarAndTheirEnd) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_case("c-1", "restricted { named { agency: 'social-care' practitioner: 'w-1' } }")});
  settle();
  EXPECT_TRUE(may_know("c-1", kSocialWorker));
  EXPECT_FALSE(may_know("c-1", kTriage));
  EXPECT_FALSE(may_know("c-1", kPolice));
  tell({about_case("c-1", "unrestricted {}"),
        about_case("c-1",
                   "barred { bar { practitioner { agency: 'police' practitioner: 'p-17' } } }")});
  settle();
  EXPECT_TRUE(may_know("c-1", kTriage));
  EXPECT_FALSE(may_know("c-1", kPolice));
}

TEST_F(FollowingTest, SeesCasesJoinedAndParted) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({contact_from("education", "c-2", "r-2")});
  settle();
  EXPECT_FALSE(may_know("c-2", kPolice));
  tell({about_case("c-1", "joined { into_case_id: 'c-2' }"),
        about_case("c-2", "took_in { case_id: 'c-1' }")});
  settle();
  EXPECT_TRUE(may_know("c-2", kPolice));
  EXPECT_TRUE(may_know("c-1", kSchool));
  tell({about_case("c-1", "parted { from_case_id: 'c-2' }"),
        about_case("c-2", "gave_back { case_id: 'c-1' }")});
  settle();
  EXPECT_FALSE(may_know("c-2", kPolice));
  EXPECT_FALSE(may_know("c-1", kSchool));
}

TEST_F(FollowingTest, GoesOnWhereItStopped) {
  for (int i = 0; i < 5; ++i) {
    tell({contact_from("police", "c-1", "r-" + std::to_string(i))});
    settle();
    stop();
    if (i % 2 == 1) reopen_own();
  }
  settle();
  EXPECT_EQ(own_->size(), 15U);
  EXPECT_EQ(family("c-1").referrals.size(), 5U);
}

TEST_F(FollowingTest, RunsOutOfPatienceForWhatIsNotThereYet) {
  start();
  EXPECT_FALSE(following_->wait_until(1, {}));
}

TEST_F(FollowingTest, LetsARecordSayHowMuchHadBeenSeen) {
  tell({contact_from("police", "c-1", "r-1")});
  settle();
  ASSERT_TRUE(run(*own_, {.context = as(kTriage)}, [](log::UnitOfWork& unit) {
                return unit.decide<KnownCase>({"case/c-1"}, KnownCase::Involve{.agency = "health"});
              }).has_value());
  const auto body = kept().back().body;
  ASSERT_EQ(body.seen_size(), 1);
  EXPECT_EQ(body.seen(0).origin(), referral_->origin());
  EXPECT_EQ(body.seen(0).size(), referral_->size());
}

TEST_F(FollowingTest, WhatAServiceMakesOfARecordIsInTheSameAppendAndOnce) {
  FollowingParts reacting = parts();
  reacting.react = [](log::UnitOfWork& unit, const log::Record& record) {
    return unit.decide<KnownCase>({"case/" + record.body.case_id()},
                                  KnownCase::Involve{.agency = "health"});
  };
  following_ = std::make_unique<Following>(reacting);
  tell({contact_from("police", "c-1", "r-1")});
  settle();
  EXPECT_TRUE(family("c-1").has_part("health"));
  const auto records = kept();
  EXPECT_EQ(records.front().body.correlation_id(), records.back().body.correlation_id());
  const size_t size = records.size();
  following_.reset();
  following_ = std::make_unique<Following>(reacting);
  settle();
  EXPECT_EQ(kept().size(), size);
}

// The log of another service, which also keeps what the referral log says.
TEST_F(FollowingTest, OfAnotherServiceKeepsWhoCameToHaveAPartThereAndNothingElse) {
  const auto other = open("other");
  const auto involved = proto<v1::KnownCaseEvent>("involved { agency: 'health' }");
  const auto copied = proto<v1::KnownCaseEvent>(
      "referral { referral_id: 'r-1' event { contact_received { agency: 'education' } } }");
  for (const auto* event : {&copied, &involved, &involved})
    ASSERT_TRUE(run(*other, {.context = as(kTriage)}, [&](log::UnitOfWork& unit) {
                  return unit.add({"case/c-1", "c-1"}, *event);
                }).has_value());
  const Following of_other({.feed = std::make_shared<feed::LocalFeed>(*other),
                            .own_log = *own_,
                            .clock = vault_.clock,
                            .retry_after = std::chrono::milliseconds(1)});
  ASSERT_TRUE(of_other.wait_until(other->size(), kPatience));
  tell({contact_from("police", "c-1", "r-1")});
  settle();
  EXPECT_TRUE(family("c-1").has_part("health"));
  EXPECT_FALSE(family("c-1").has_part("education"));
  EXPECT_EQ(kept().size(), 4U);  // the contact, the two persons it names, and one involvement
}

TEST_F(FollowingTest, AnAgencyComesToHaveAPartOnce) {
  tell({contact_from("police", "c-1", "r-1")});
  settle();
  const size_t before = kept().size();
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(run(*own_, {.context = as(kTriage)}, [](log::UnitOfWork& unit) {
                  return involve(unit, "c-1", {"health", "police"});
                }).has_value());
  EXPECT_TRUE(family("c-1").has_part("health"));
  EXPECT_EQ(kept().size(), before + 1);  // the police had one already
}

TEST_F(FollowingTest, WhoIsHeldToBeOnePersonIsOneWithTheCasesOfThemAll) {
  tell({about_referral("c-1", "r-1", "contact_received { agency: 'police' child_ids: 'ada' }"),
        about_referral("c-2", "r-2", "contact_received { agency: 'health' child_ids: 'ida' }"),
        about_person("ada", "same_decided { other_person_id: 'ida' }"),
        about_person("ida", "same_decided { other_person_id: 'ada' }")});
  settle();
  const auto cluster = cluster_of(*own_, "ida");
  ASSERT_TRUE(cluster.has_value());
  EXPECT_EQ(cluster->persons, (std::set<std::string>{"ada", "ida"}));
  EXPECT_EQ(cluster->cases, (std::set<std::string>{"c-1", "c-2"}));
}

TEST_F(FollowingTest, WhichCasesACallerMayKnowOfIsAskedOfEach) {
  tell({contact_from("police", "c-1", "r-1"), contact_from("health", "c-2", "r-2")});
  settle();
  CasesKnown of_police(*own_, kPolice);
  EXPECT_TRUE(of_police.admit("c-1").value());
  EXPECT_FALSE(of_police.admit("c-2").value());
  EXPECT_FALSE(of_police.admit("c-3").value());
  CasesKnown of_the_hub(*own_, kTriage);
  EXPECT_TRUE(of_the_hub.admit("c-2").value());
}

// Whether a command of that caller on a stream in a case gets past the guard.
class GuardTest : public FollowingTest {
 protected:
  // An event of a request in the case, by nobody.
  void put_request(const std::string& case_id) {
    ASSERT_TRUE(run(*own_, {.context = as(kTriage)}, [&](log::UnitOfWork& unit) {
                  return unit.add({"request/q-1", case_id}, sharing::v1::RequestEvent());
                }).has_value());
  }
  std::string asked_by(const Actor& actor) {
    const auto result =
        run(*own_, {.context = as(actor), .guard = command_guard()},
            [](log::UnitOfWork& unit) { return unit.decide<Nothing>({"request/q-1"}, 0); });
    return result ? "admitted" : result.error().reason;
  }
  bool reads(const Actor& actor, const std::string& stream, const std::string& case_id = {}) {
    return read_guard(*own_)(actor, stream, case_id).value();
  }

 private:
  // A decider of requests that says yes to everything.
  struct Nothing {
    using Event = sharing::v1::RequestEvent;
    using Events = std::vector<Event>;
    struct State {};
    static Result<Events> decide(const State&, int, const Context&) { return Events{}; }
    static State evolve(State state, const Event&) { return state; }
  };
};

TEST_F(GuardTest, AdmitsToACaseWhomItsFamilyDoes) {
  tell({contact_from("police", "c-1", "r-1")});
  settle();
  put_request("c-1");
  EXPECT_EQ(asked_by(kPolice), "admitted");
  EXPECT_EQ(asked_by(kTriage), "admitted");
  EXPECT_EQ(asked_by(kHealth), "NOT_FOUND");
  tell({about_case("c-1", "restricted { named { agency: 'social-care' practitioner: 'w-1' } }")});
  settle();
  EXPECT_EQ(asked_by(kTriage), "NOT_FOUND");
  EXPECT_EQ(asked_by(kSocialWorker), "admitted");
}

TEST_F(GuardTest, AdmitsNobodyToACaseThatIsNotKnown) {
  put_request("c-9");
  EXPECT_EQ(asked_by(kManager), "NOT_FOUND");
}

TEST_F(GuardTest, AdmitsReadersOfTheLogToCasesTheSameWay) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_case("c-1",
                   "barred { bar { practitioner { agency: 'auditor' practitioner: 'a-1' } } }")});
  tell({contact_from("police", "c-2", "r-2")});
  settle();
  EXPECT_FALSE(reads(kAuditor, "item/i-1", "c-1"));
  EXPECT_TRUE(reads(kAuditor, "item/i-1", "c-2"));
  EXPECT_TRUE(reads(kAuditor, "log/epochs"));
}

TEST_F(GuardTest, AdmitsToAPersonWhoMaySeeOneCaseAndIsBarredFromNone) {
  tell({contact_from("police", "c-1", "r-1")});
  settle();
  EXPECT_TRUE(reads(kPolice, "person/ada"));
  EXPECT_FALSE(reads(kHealth, "person/ada"));
  EXPECT_FALSE(reads(kManager, "person/dee")) << "of whom nothing is known";
  tell({about_referral("c-2", "r-2",
                       "contact_received { agency: 'health' child_ids: 'bo' case_id: 'c-2' }"),
        about_case("c-2",
                   "barred { bar { practitioner { agency: 'police' practitioner: 'p-17' } } }"),
        about_person("ada", "same_decided { other_person_id: 'bo' }"),
        about_person("bo", "same_decided { other_person_id: 'ada' }")});
  settle();
  EXPECT_FALSE(reads(kPolice, "person/ada")) << "barred from a case of the same person";
  EXPECT_TRUE(reads(kHealth, "person/ada"));
}

TEST_F(GuardTest, RefusesCasesThatLeadToNoHead) {
  tell({about_case("c-1", "joined { into_case_id: 'c-2' }"),
        about_case("c-2", "joined { into_case_id: 'c-1' }")});
  settle();
  EXPECT_EQ(family_of(*own_, "c-1").error().reason, "CASES_DO_NOT_END");
  tell({about_case("c-3", "took_in { case_id: 'c-3' }")});
  settle();
  EXPECT_EQ(family_of(*own_, "c-3").error().reason, "CASES_DO_NOT_END");
}

TEST_F(GuardTest, KnowsTheFamilyAsAtAnEarlierSize) {
  tell({contact_from("police", "c-1", "r-1")});
  settle();
  const uint64_t before = own_->size();
  tell({contact_from("health", "c-1", "r-2")});
  settle();
  EXPECT_EQ(family_of(*own_, "c-1", before)->referrals.size(), 1U);
  EXPECT_EQ(family_of(*own_, "c-1")->referrals.size(), 2U);
}

}  // namespace
}  // namespace mash::cases
