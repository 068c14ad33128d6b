#include "cases/parking.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <filesystem>
#include <set>

#include "cases/copying.h"
#include "cases/testing/two_logs.h"
#include "log/recover.h"

// What happens where a record cannot be handled: its stream waits, the others go on.
namespace mash::cases {
namespace {

namespace fs = std::filesystem;
using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ParkingTest : public TwoLogs {
 public:
  void TestBody() override {}

 protected:
  // Refuses for good the records at these positions.
  FollowingParts picky() {
    FollowingParts all = parts();
    all.react = [this](log::UnitOfWork&, const log::Record& record) -> Result<void> {
      if (!refused_.contains(record.prefix.position)) return {};
      return refuse(code_, "TEST_REFUSES", "The test refuses this record.");
    };
    return all;
  }
  Copying copying() { return begun(picky()); }
  Result<void> take_in(Copying& copying, uint64_t below) {
    Result<void> taken;
    while (taken && copying.next() < below)
      taken = copying.follow(referral_->read(copying.next()).value());
    return taken;
  }
  void follow_all(Copying& copying) {
    ASSERT_TRUE(take_in(copying, referral_->size()).has_value());
    ASSERT_EQ(copying.settle(true).value(), referral_->size());
  }
  void contact(int referral) {
    const std::string number = std::to_string(referral);
    tell({contact_from("police", "c-" + number, "r-" + number)});
  }
  void rate(int referral) {
    const std::string number = std::to_string(referral);
    tell({about_referral("c-" + number, "r-" + number, "referral_rated {}")});
  }
  std::vector<feed::v1::StreamParked> parked() {
    return feed::parked_streams(*own_, referral_->name()).value();
  }
  // The records of a stream that took effect here, in the order in which they did, each as often
  // as it did.
  std::vector<uint64_t> effects_of(const std::string& stream) {
    std::map<std::string, uint64_t> positions;
    for (uint64_t at = 0; at < referral_->size(); ++at) {
      const auto record = referral_->read(at).value();
      if (record.body.stream() == stream) positions[record.body.event_id()] = at;
    }
    std::vector<uint64_t> effects;
    for (const auto& record : kept()) {
      if (!record.body.stream().starts_with("case/")) continue;  // one of each record
      const auto found = positions.find(record.body.causation_id());
      if (found != positions.end()) effects.push_back(found->second);
    }
    return effects;
  }
  std::vector<uint64_t> records_of(const std::string& stream) {
    std::vector<uint64_t> positions;
    for (uint64_t at = 0; at < referral_->size(); ++at)
      if (referral_->read(at)->body.stream() == stream) positions.push_back(at);
    return positions;
  }
  static std::vector<std::string> streams_of(const std::vector<feed::v1::StreamParked>& parked) {
    std::vector<std::string> streams;
    for (const auto& each : parked) streams.push_back(each.stream());
    return streams;
  }

  std::set<uint64_t> refused_;
  Code code_ = Code::kFailedPrecondition;
};

TEST_F(ParkingTest, AStreamWaitsAndTheOthersGoOn) {
  contact(1);
  contact(2);
  rate(1);
  rate(2);
  refused_ = {0};
  auto copying = ParkingTest::copying();
  follow_all(copying);
  EXPECT_THAT(effects_of("referral/r-1"), IsEmpty());
  EXPECT_THAT(effects_of("referral/r-2"), ElementsAre(1, 3));
  EXPECT_EQ(own_->cursor(referral_->name()).position, 4U);
  ASSERT_THAT(parked(), SizeIs(1));
  const auto waits = parked().front();
  EXPECT_EQ(waits.feed(), "mash/E10000013/referral");
  EXPECT_EQ(waits.stream(), "referral/r-1");
  EXPECT_EQ(waits.position(), 0U);
  EXPECT_EQ(waits.type(), "mash.referral.v1.ReferralEvent");
  EXPECT_EQ(waits.reason(), "TEST_REFUSES");
}

TEST_F(ParkingTest, WhatComesLaterInItsStreamWaitsAlsoAfterAStart) {
  contact(1);
  refused_ = {0};
  {
    auto copying = ParkingTest::copying();
    follow_all(copying);
  }
  refused_.clear();
  reopen_own();
  rate(1);
  contact(2);
  auto copying = ParkingTest::copying();
  follow_all(copying);
  EXPECT_THAT(effects_of("referral/r-1"), IsEmpty());
  EXPECT_THAT(effects_of("referral/r-2"), ElementsAre(2));
}

TEST_F(ParkingTest, TriedAgainAllOfItIsTakenInInItsOrder) {
  contact(1);
  rate(1);
  contact(2);
  rate(1);
  refused_ = {0};
  auto copying = ParkingTest::copying();
  follow_all(copying);
  refused_.clear();
  EXPECT_EQ(copying.retry("referral/r-1").value(), 3U);
  EXPECT_THAT(effects_of("referral/r-1"), ElementsAre(0, 1, 3));
  EXPECT_THAT(parked(), IsEmpty());
  EXPECT_EQ(copying.retry("referral/r-1").error().reason, "STREAM_NOT_PARKED");
  rate(1);
  follow_all(copying);
  EXPECT_THAT(effects_of("referral/r-1"), ElementsAre(0, 1, 3, 4));
}

TEST_F(ParkingTest, RefusedAgainItWaitsFromThereOn) {
  contact(1);
  rate(1);
  rate(1);
  refused_ = {0, 2};
  auto copying = ParkingTest::copying();
  follow_all(copying);
  const uint64_t before = own_->size();
  EXPECT_EQ(copying.retry("referral/r-1").error().reason, "TEST_REFUSES");
  EXPECT_EQ(own_->size(), before) << "nothing new is to be said";
  refused_ = {2};
  EXPECT_EQ(copying.retry("referral/r-1").error().reason, "TEST_REFUSES");
  EXPECT_THAT(effects_of("referral/r-1"), ElementsAre(0, 1));
  ASSERT_THAT(parked(), SizeIs(1));
  EXPECT_EQ(parked().front().position(), 2U);
  reopen_own();
  refused_.clear();
  auto again = ParkingTest::copying();
  EXPECT_EQ(again.retry("referral/r-1").value(), 1U);
  EXPECT_THAT(effects_of("referral/r-1"), ElementsAre(0, 1, 2));
}

TEST_F(ParkingTest, ALongStreamIsTakenInByParts) {
  contact(1);
  for (int i = 0; i < 450; ++i) rate(1);
  refused_ = {0};
  auto copying = ParkingTest::copying();
  follow_all(copying);
  refused_ = {430};
  EXPECT_FALSE(copying.retry("referral/r-1").has_value());
  EXPECT_EQ(parked().front().position(), 430U);
  refused_.clear();
  EXPECT_EQ(copying.retry("referral/r-1").value(), 21U);
  EXPECT_EQ(effects_of("referral/r-1"), records_of("referral/r-1"));
}

TEST_F(ParkingTest, WhatCannotBeReadWaitsToo) {
  contact(1);
  contact(2);
  auto copying = ParkingTest::copying();
  auto record = referral_->read(0).value();
  record.body.set_event("\xff not an event");
  ASSERT_TRUE(copying.follow(record).has_value());
  follow_all(copying);
  ASSERT_THAT(parked(), SizeIs(1));
  EXPECT_EQ(parked().front().reason(), "RECORD_MALFORMED");
  EXPECT_THAT(effects_of("referral/r-2"), ElementsAre(1));
}

TEST_F(ParkingTest, WhatIsBusyAwayOrBrokenHereIsTriedAgainByItself) {
  contact(1);
  refused_ = {0};
  for (const Code code :
       {Code::kUnavailable, Code::kResourceExhausted, Code::kAborted, Code::kDeadlineExceeded}) {
    code_ = code;
    auto copying = ParkingTest::copying();
    ASSERT_TRUE(take_in(copying, 1).has_value());
    EXPECT_FALSE(copying.settle(true).has_value());
  }
  EXPECT_THAT(parked(), IsEmpty());
  EXPECT_FALSE(is_for_good({.code = Code::kFailedPrecondition, .reason = "KEY_DESTROYED"}));
  EXPECT_FALSE(is_for_good({.code = Code::kDataLoss, .reason = "VAULT_DAMAGED"}));
  EXPECT_TRUE(is_for_good({.code = Code::kDataLoss, .reason = "RECORD_MALFORMED"}));
}

TEST_F(ParkingTest, WhatTheFollowedLogLostWaitsNoMore) {
  contact(1);
  const auto directory = referral_->options().directory;
  referral_.reset();
  fs::copy(directory, vault_.folder() / "older");
  referral_ = open("referral");
  contact(2);
  refused_ = {1};
  {
    auto copying = ParkingTest::copying();
    follow_all(copying);
  }
  ASSERT_THAT(streams_of(parked()), ElementsAre("referral/r-2"));
  referral_.reset();
  fs::remove(vault_.folder() / "older" / "head");
  fs::rename(directory / "head", vault_.folder() / "older" / "head");
  fs::remove_all(directory);
  fs::rename(vault_.folder() / "older", directory);
  referral_ = log::recover(opening("referral"), log::plan_recovery(directory, {}).value(), kManager)
                  .value();
  refused_.clear();
  contact(2);
  auto copying = ParkingTest::copying();
  follow_all(copying);
  EXPECT_THAT(parked(), IsEmpty());
  EXPECT_THAT(effects_of("referral/r-2"), ElementsAre(2));
}

// Whatever is refused, retried and stopped in whatever order: each record takes effect once, and
// those of a stream in its order.
class ParkingInterleaved : public ParkingTest {
 public:
  void run_one() {
    refused_.clear();
    const uint64_t begins = referral_->size();
    auto copying = std::make_unique<Copying>(ParkingTest::copying());
    const int steps = *rc::gen::inRange(1, 60);
    for (int step = 0; step < steps; ++step) {
      switch (*rc::gen::inRange(0, 6)) {
        case 0:
        case 1:
          rate(*rc::gen::inRange(0, 4));
          if (*rc::gen::inRange(0, 3) == 0) refused_.insert(referral_->size() - 1);
          break;
        case 2:
          if (copying->next() < referral_->size())
            RC_ASSERT(take_in(*copying, copying->next() + 1).has_value());
          break;
        case 3:
          RC_ASSERT(copying->settle(copying->next() == referral_->size()).has_value());
          break;
        case 4:
          if (*rc::gen::arbitrary<bool>()) refused_.clear();
          for (const auto& stream : streams_of(parked()))
            if (*rc::gen::arbitrary<bool>()) (void)copying->retry(stream);
          break;
        default:
          copying = std::make_unique<Copying>(ParkingTest::copying());
      }
    }
    refused_.clear();
    copying = std::make_unique<Copying>(ParkingTest::copying());
    RC_ASSERT(take_in(*copying, referral_->size()).has_value());
    RC_ASSERT(copying->settle(true).value() == referral_->size());
    for (const auto& stream : streams_of(parked())) RC_ASSERT(copying->retry(stream).has_value());
    RC_ASSERT(parked().empty());
    RC_ASSERT(referral_->size() >= begins);
    for (int number = 0; number < 4; ++number) {
      const std::string stream = "referral/r-" + std::to_string(number);
      RC_ASSERT(effects_of(stream) == records_of(stream));
    }
  }
};

TEST(Parking, HoweverItIsInterleavedEachTakesEffectOnceInItsOrder) {
  ParkingInterleaved logs;
  EXPECT_TRUE(rc::check([&] { logs.run_one(); }));
}

TEST_F(ParkingTest, AFollowerRetriesBetweenTwoRecords) {
  contact(1);
  contact(2);
  refused_ = {0};
  Following following(picky());
  ASSERT_TRUE(following.wait_until(2, std::chrono::seconds(120)));
  const auto standing = following.standing().value();
  EXPECT_EQ(standing.position(), 2U);
  ASSERT_EQ(standing.parked_size(), 1);
  EXPECT_EQ(standing.parked(0).reason(), "TEST_REFUSES");
  refused_.clear();
  std::promise<Result<uint64_t>> retried;
  following.retry("referral/r-1", [&](Result<uint64_t> done) { retried.set_value(done); });
  EXPECT_EQ(retried.get_future().get().value(), 1U);
  EXPECT_EQ(following.standing()->parked_size(), 0);
}

}  // namespace
}  // namespace mash::cases
