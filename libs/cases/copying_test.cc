#include "cases/copying.h"

#include <gmock/gmock.h>

#include "cases/case_guard.h"
#include "cases/testing/two_logs.h"
#include "log/recover.h"

namespace mash::cases {
namespace {

namespace fs = std::filesystem;
using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class CopyingTest : public TwoLogs {
 protected:
  Copying copying() { return begun(parts()); }
  // Takes in records below a position, whatever was followed before.
  void take_in(Copying& copying, uint64_t below) {
    while (copying.next() < below)
      ASSERT_TRUE(copying.follow(referral_->read(copying.next()).value()).has_value());
  }
  // Follows all there is.
  void follow_all() {
    auto all = copying();
    take_in(all, referral_->size());
    ASSERT_TRUE(all.settle(true).has_value());
  }
  std::vector<std::string> streams() {
    std::vector<std::string> streams;
    for (const auto& record : kept()) streams.push_back(record.body.stream());
    return streams;
  }
  uint64_t cursor() { return own_->cursor(referral_->name()).position; }
};

TEST_F(CopyingTest, KeepsAContactInItsCaseAndWithItsPeople) {
  tell({contact_from("police", "c-1", "r-1")});
  follow_all();
  EXPECT_THAT(streams(), UnorderedElementsAre("case/c-1", "person/ada", "person/cy"));
  const Family family = family_of(*own_, "c-1").value();
  EXPECT_THAT(family.agencies, ElementsAre("police"));
  EXPECT_TRUE(family.names("ada"));
}

TEST_F(CopyingTest, NamesTheRecordThatEachEventIsACopyOf) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_case("c-1", "unrestricted {}")});
  follow_all();
  const auto first = referral_->read(0).value().body;
  const auto second = referral_->read(1).value().body;
  const auto records = kept();
  ASSERT_THAT(records, SizeIs(4));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(records[i].body.causation_id(), first.event_id());
    EXPECT_EQ(records[i].body.correlation_id(), first.correlation_id());
    EXPECT_EQ(records[i].body.actor().system(), "follower");
  }
  EXPECT_EQ(records[3].body.causation_id(), second.event_id());
}

TEST_F(CopyingTest, KeepsWhenItWasRecordedThere) {
  tell({contact_from("police", "c-1", "r-1")});
  vault_.clock.advance(std::chrono::hours(1));
  follow_all();
  const auto event =
      log::public_events<v1::KnownCaseEvent>(own_->read_stream("case/c-1").value().records)
          .value()
          .front();
  EXPECT_EQ(event.referral().recorded_at().seconds(), to_proto(utc(kNow)).seconds());
}

TEST_F(CopyingTest, KeepsOfPersonsOnlyWhoIsTheSame) {
  tell({about_person("ada", "told_of { agency: 'police' }"),
        about_person("ada", "same_decided { other_person_id: 'bo' }"),
        about_person("bo", "same_decided { other_person_id: 'ada' }"),
        about_person("ada", "not_same_decided { other_person_id: 'bo' }")});
  follow_all();
  EXPECT_THAT(streams(), ElementsAre("person/ada", "person/bo", "person/ada"));
}

TEST_F(CopyingTest, PassesOverWhatDoesNotMatterAndMovesOnWithTheNextThatDoes) {
  tell({about_referral("c-1", "r-1", "assigned { assignee: 'w-1' }"),
        about_referral("c-1", "r-1", "deadline_extended { kind: 'assessment' }")});
  follow_all();
  EXPECT_EQ(own_->size(), 0U);
  EXPECT_EQ(cursor(), 0U) << "not worth a write of its own";
  tell({about_referral("c-1", "r-1", "referral_rated {}")});
  follow_all();
  EXPECT_EQ(own_->size(), 1U);
  EXPECT_EQ(cursor(), 3U);
}

TEST_F(CopyingTest, WithNothingInHandItHasComeAsFarAsItHasFollowed) {
  tell({about_referral("c-1", "r-1", "assigned { assignee: 'w-1' }")});
  auto copying = CopyingTest::copying();
  EXPECT_EQ(copying.stored().position, 0U);
  take_in(copying, 1);
  ASSERT_TRUE(copying.settle(true).has_value());
  EXPECT_EQ(cursor(), 0U);
  EXPECT_EQ(copying.stored().position, 1U)
      << "a feed that is silent is not begun anew, as if it had been heard of";
  tell({about_referral("c-1", "r-1", "referral_rated {}")});
  take_in(copying, 2);
  EXPECT_EQ(copying.stored().position, 0U) << "which would be lost";
}

TEST_F(CopyingTest, MovesOnAfterAThousandRecordsThatDoNotMatter) {
  tell(std::vector<Told>(1'000, about_referral("c-1", "r-1", "assigned {}")));
  follow_all();
  EXPECT_EQ(own_->size(), 0U);
  EXPECT_EQ(cursor(), 1'000U);
}

TEST_F(CopyingTest, KeepsTogetherWhatWasAppendedTogether) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({contact_from("health", "c-2", "r-2")});
  tell({about_case("c-1", "joined { into_case_id: 'c-2' }"),
        about_case("c-2", "took_in { case_id: 'c-1' }")});
  auto copying = CopyingTest::copying();
  take_in(copying, 3);  // the first half of the join
  EXPECT_EQ(copying.settle(false).value(), 2U);
  EXPECT_EQ(cursor(), 2U);
  EXPECT_EQ(family_of(*own_, "c-1")->head, "c-1") << "half a join is none";
  take_in(copying, 4);
  EXPECT_EQ(copying.settle(true).value(), 4U);
  const Family family = family_of(*own_, "c-1").value();
  EXPECT_EQ(family.head, "c-2");
  EXPECT_THAT(family.agencies, UnorderedElementsAre("police", "health"));
}

TEST_F(CopyingTest, OfManyRecordsKeepsSomeOnTheWay) {
  for (int i = 0; i < 101; ++i)
    tell({contact_from("police", "c-" + std::to_string(i), "r-" + std::to_string(i))});
  auto copying = CopyingTest::copying();
  take_in(copying, 101);
  EXPECT_EQ(cursor(), 67U) << "three events of each: 200 and the rest of the last contact's";
}

TEST_F(CopyingTest, KeepsEachRecordOnceWhereverItIsStopped) {
  tell({contact_from("police", "c-1", "r-1"), about_case("c-1", "unrestricted {}")});
  tell({about_referral("c-1", "r-1", "assigned {}")});
  tell({about_referral("c-1", "r-1", "referral_rated {}")});
  for (uint64_t stop = 0; stop <= referral_->size(); ++stop)
    for (const bool settles : {false, true}) {
      auto copying = CopyingTest::copying();
      take_in(copying, stop);
      if (settles) {
        ASSERT_TRUE(copying.settle(false).has_value());
      }
      reopen_own();
    }
  follow_all();
  follow_all();
  EXPECT_THAT(streams(),
              ElementsAre("case/c-1", "person/ada", "person/cy", "case/c-1", "case/c-1"));
}

TEST_F(CopyingTest, KeepsNothingTwiceWhenAnotherFollowedMeanwhile) {
  tell({contact_from("police", "c-1", "r-1")});
  auto late = copying();
  take_in(late, 1);
  follow_all();
  EXPECT_EQ(late.settle(true).error().reason, "CURSOR_MOVED");
  EXPECT_EQ(own_->size(), 3U);
}

TEST_F(CopyingTest, IsDecidedAnewWhenAnAgencyIsInvolvedMeanwhile) {
  tell({contact_from("police", "c-1", "r-1")});
  follow_all();
  tell({about_referral("c-1", "r-1", "referral_rated { rating { rating: RATING_RED } }")});
  auto copying = CopyingTest::copying();
  take_in(copying, referral_->size());
  ASSERT_TRUE(run(*own_, {.context = as(kTriage)}, [](log::UnitOfWork& unit) {
                return unit.decide<KnownCase>({"case/c-1"}, KnownCase::Involve{.agency = "health"});
              }).has_value());
  ASSERT_TRUE(copying.settle(true).has_value());
  const Family family = family_of(*own_, "c-1").value();
  EXPECT_TRUE(family.has_part("health"));
  EXPECT_EQ(family.referrals.at("r-1").rating, referral::v1::RATING_RED);
}

TEST_F(CopyingTest, GoesBackWhereTheReferralLogLostItsEnd) {
  tell({contact_from("police", "c-1", "r-1")});
  const auto directory = referral_->options().directory;
  referral_.reset();
  fs::copy(directory, vault_.folder() / "older");
  referral_ = open("referral");
  tell({contact_from("police", "c-2", "r-2")});
  tell({contact_from("police", "c-3", "r-3")});
  follow_all();
  EXPECT_EQ(cursor(), 3U);
  referral_.reset();
  fs::remove(vault_.folder() / "older" / "head");
  fs::rename(directory / "head", vault_.folder() / "older" / "head");
  fs::remove_all(directory);
  fs::rename(vault_.folder() / "older", directory);
  referral_ = log::recover(opening("referral"), log::plan_recovery(directory, {}).value(), kManager)
                  .value();
  // In the place of what was lost stand the record of the new epoch, and another contact.
  tell({contact_from("health", "c-4", "r-4")});
  follow_all();
  EXPECT_TRUE(family_of(*own_, "c-4")->exists());
  EXPECT_EQ(own_->cursor(referral_->name()), (log::Cursor{.epoch = 2, .position = 3}));
  EXPECT_TRUE(family_of(*own_, "c-2")->exists()) << "what was decided on it rests on it";
}

}  // namespace
}  // namespace mash::cases
