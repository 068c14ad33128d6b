#include <gmock/gmock.h>

#include <set>

#include "cases/case_guard.h"
#include "cases/cases_known.h"
#include "cases/cluster.h"
#include "cases/copying.h"
#include "cases/testing/two_logs.h"
#include "feed/together.h"
#include "mash/sharing/v1/request_events.pb.h"

// While something waits that may restrict a case or bar somebody from it, nobody is shown the case,
// and nothing is judged by it.
namespace mash::cases {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kPatience = std::chrono::seconds(120);
constexpr char kBar[] = "barred { bar { practitioner { agency: 'police' practitioner: 'p-17' } } }";

class ParkedCase : public TwoLogs {
 protected:
  ParkedCase() { sharing_ = open("sharing"); }

  // Refuses for good the referral log's records at these positions; else notes whom a record would
  // be told to.
  FollowingParts picky(const log::EventLog& log) {
    FollowingParts all = parts();
    all.feed = std::make_shared<feed::LocalFeed>(log);
    all.feed->follow_among(together_);
    all.reacts_to = [](const log::Record&) { return true; };
    all.react = [this, &log](log::UnitOfWork& unit, const log::Record& record) -> Result<void> {
      if (&log == referral_.get())
        return refused_.contains(record.prefix.position)
                   ? refuse(Code::kFailedPrecondition, "TEST_REFUSES", "The test refuses it.")
                   : Result<void>();
      return family_of(unit, record.body.case_id()).map([&](const Family& family) {
        judged_.emplace_back(family.access.bars(kPolice) ? "barred" : "told");
      });
    };
    return all;
  }
  void follow_all(const log::EventLog& log) {
    auto copying = begun(picky(log));
    while (copying.next() < log.size())
      ASSERT_TRUE(copying.follow(log.read(copying.next()).value()).has_value());
    ASSERT_EQ(copying.settle(true).value(), log.size());
  }
  void retry(const std::string& stream) {
    refused_.clear();
    auto copying = begun(picky(*referral_));
    ASSERT_TRUE(copying.retry(stream).has_value());
  }
  void request_in(const std::string& case_id) {
    ASSERT_TRUE(run(*sharing_, {.context = as(kTriage)}, [&](log::UnitOfWork& unit) {
                  return unit.add({"request/q-1", case_id}, sharing::v1::RequestEvent());
                }).has_value());
  }
  // What becomes of a command on something in a case, and of a read of the case.
  std::string commands(const Actor& actor, const std::string& case_id) {
    const auto done = run(*own_, {.context = as(actor)}, [&](log::UnitOfWork& unit) {
      return family_for_caller(unit, case_id).map([](const Family&) {});
    });
    return done ? "done" : done.error().reason;
  }
  std::string reads(const Actor& actor, const std::string& case_id) {
    const auto may = may_know(family_of(*own_, case_id).value(), actor);
    return may ? "shown" : may.error().reason;
  }
  // A case whose second record, a bar, waits.
  void park_a_bar() {
    tell({contact_from("police", "c-1", "r-1")});
    tell({about_case("c-1", kBar)});
    tell({contact_from("police", "c-2", "r-2")});
    refused_ = {1};
    follow_all(*referral_);
  }
  std::vector<std::string> waiting(const log::EventLog& log) {
    std::vector<std::string> streams;
    const auto all = feed::parked_streams(*own_, log.name()).value();
    for (const auto& each : all) streams.push_back(each.stream() + " " + each.reason());
    return streams;
  }

  std::unique_ptr<log::EventLog> sharing_;
  std::shared_ptr<feed::Together> together_;
  std::set<uint64_t> refused_;
  std::vector<std::string> judged_;
};

TEST_F(ParkedCase, IsShownToNobodyWhoMightBeBarred) {
  park_a_bar();
  EXPECT_EQ(reads(kPolice, "c-1"), "CASE_PARKED");
  EXPECT_EQ(reads(kTriage, "c-1"), "CASE_PARKED");
  EXPECT_EQ(reads(kAuditor, "c-1"), "CASE_PARKED");
  EXPECT_EQ(commands(kPolice, "c-1"), "CASE_PARKED");
  EXPECT_EQ(reads(kPolice, "c-2"), "shown") << "the others go on";
  EXPECT_EQ(commands(kPolice, "c-2"), "done");
}

TEST_F(ParkedCase, IsNotThereForWhomItWasNotBefore) {
  park_a_bar();
  EXPECT_EQ(reads(kHealth, "c-1"), "NOT_FOUND");
  EXPECT_EQ(commands(kHealth, "c-1"), "NOT_FOUND");
}

TEST_F(ParkedCase, AdmitsNobodyToListsAndToTheLogItself) {
  park_a_bar();
  CasesKnown known(*own_, kPolice);
  EXPECT_FALSE(known.admit("c-1").value());
  EXPECT_TRUE(known.admit("c-2").value());
  EXPECT_FALSE(read_guard(*own_)(kAuditor, "item/i-1", "c-1").value());
  EXPECT_FALSE(read_guard(*own_)(kPolice, "person/ada", "").value()) << "who is in both cases";
  EXPECT_FALSE(family_of(*own_, "c-1")->access.admits(kAuditor));
  EXPECT_TRUE(family_of(*own_, "c-1")->access.bars(kTriage)) << "as far as anybody knows";
  EXPECT_TRUE(family_of(*own_, "c-1")->access.restricted);
  EXPECT_TRUE(family_of(*own_, "c-1")->access.named.empty());
}

TEST_F(ParkedCase, IsJudgedByAgainOnceItGoesOn) {
  park_a_bar();
  retry("case/c-1");
  EXPECT_EQ(reads(kPolice, "c-1"), "NOT_FOUND") << "barred";
  EXPECT_EQ(reads(kTriage, "c-1"), "shown");
  EXPECT_TRUE(read_guard(*own_)(kAuditor, "item/i-1", "c-1").value());
}

TEST_F(ParkedCase, WasAsItWasBefore) {
  tell({contact_from("police", "c-1", "r-1")});
  follow_all(*referral_);
  const uint64_t before = own_->size();
  tell({about_case("c-1", kBar)});
  refused_ = {1};
  follow_all(*referral_);
  EXPECT_TRUE(family_of(*own_, "c-1", before)->parked.empty());
  EXPECT_FALSE(family_of(*own_, "c-1")->parked.empty());
}

TEST_F(ParkedCase, IsWhicheverOfThoseThatAreOneWaits) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({contact_from("police", "c-2", "r-2")});
  tell({about_case("c-1", "joined { into_case_id: 'c-2' }"),
        about_case("c-2", "took_in { case_id: 'c-1' }")});
  tell({about_case("c-1", "parted { from_case_id: 'c-2' }"),
        about_case("c-2", "gave_back { case_id: 'c-1' }")});
  refused_ = {4};  // so that it is not known here to be parted
  follow_all(*referral_);
  EXPECT_EQ(reads(kTriage, "c-1"), "CASE_PARKED");
  EXPECT_EQ(reads(kTriage, "c-2"), "shown") << "of which all is known";
}

TEST_F(ParkedCase, APersonOfWhomSomethingWaitsIsShownToNobody) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_person("ada", "same_decided { other_person_id: 'bo' }")});
  follow_all(*referral_);
  EXPECT_TRUE(read_guard(*own_)(kPolice, "person/ada", "").value());
  tell({about_person("ada", "not_same_decided { other_person_id: 'bo' }")});
  refused_ = {2};
  follow_all(*referral_);
  EXPECT_FALSE(read_guard(*own_)(kPolice, "person/ada", "").value());
  EXPECT_TRUE(cluster_of(*own_, "ada")->parked);
  retry("person/ada");
  EXPECT_TRUE(read_guard(*own_)(kPolice, "person/ada", "").value());
}

TEST_F(ParkedCase, WhatFollowsFromARecordOfItWaitsAndTheOthersGoOn) {
  park_a_bar();
  request_in("c-1");
  ASSERT_TRUE(run(*sharing_, {.context = as(kTriage)}, [&](log::UnitOfWork& unit) {
                return unit.add({"request/q-2", "c-2"}, sharing::v1::RequestEvent());
              }).has_value());
  follow_all(*sharing_);
  EXPECT_THAT(judged_, ElementsAre("told")) << "the second";
  EXPECT_THAT(waiting(*sharing_), ElementsAre("request/q-1 CASE_PARKED"));
  follow_all(*sharing_);
  EXPECT_THAT(judged_, ElementsAre("told"));
  retry("case/c-1");
  auto copying = begun(picky(*sharing_));
  copying.retry_what_waits_for_cases();
  EXPECT_THAT(judged_, ElementsAre("told", "barred"));
  EXPECT_THAT(waiting(*sharing_), IsEmpty());
}

TEST_F(ParkedCase, WhatIsTakenInWithARecordThatParksItIsNotJudgedEither) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_case("c-1", kBar)});
  tell({about_referral("c-1", "r-1", "referral_rated {}")});
  std::vector<uint64_t> reacted;
  FollowingParts all = picky(*referral_);
  all.react = [&](log::UnitOfWork&, const log::Record& record) -> Result<void> {
    if (record.prefix.position == 1)
      return refuse(Code::kFailedPrecondition, "TEST_REFUSES", "The test refuses it.");
    reacted.push_back(record.prefix.position);
    return {};
  };
  auto copying = begun(all);
  while (copying.next() < referral_->size())
    ASSERT_TRUE(copying.follow(referral_->read(copying.next()).value()).has_value());
  reacted.clear();
  ASSERT_TRUE(copying.settle(true).has_value());
  EXPECT_THAT(std::set(reacted.begin(), reacted.end()), ElementsAre(0)) << "before it";
  EXPECT_THAT(waiting(*referral_),
              ElementsAre("case/c-1 TEST_REFUSES", "referral/r-1 CASE_PARKED"));
}

TEST_F(ParkedCase, WhoeverWaitedForItGoesOnByItself) {
  together_ = std::make_shared<feed::Together>(std::vector{referral_->name(), sharing_->name()});
  park_a_bar();
  request_in("c-1");
  Following of_referral(picky(*referral_));
  Following of_sharing(picky(*sharing_));
  ASSERT_TRUE(of_sharing.wait_until(sharing_->size(), kPatience));
  EXPECT_EQ(of_sharing.standing()->parked_size(), 1);
  refused_.clear();
  std::promise<Result<uint64_t>> retried;
  of_referral.retry("case/c-1", [&](Result<uint64_t> done) { retried.set_value(done); });
  ASSERT_EQ(retried.get_future().get().value(), 1U);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (of_sharing.standing()->parked_size() > 0) ASSERT_LT(std::chrono::steady_clock::now(), end);
  EXPECT_EQ(reads(kPolice, "c-1"), "NOT_FOUND");
}

}  // namespace
}  // namespace mash::cases
