#include <gmock/gmock.h>

#include <map>
#include <mutex>
#include <set>

#include "cases/testing/two_logs.h"
#include "kafka/published_log.h"

// A stream that cannot be followed waits, the others go on, and tried again all of it takes effect
// once: of whatever feed the records come.
namespace mash::testing {
namespace {

using cases::Following;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

enum class Way : bool { kLocal, kOverKafka };
void PrintTo(Way way, std::ostream* out) { *out << (way == Way::kLocal ? "Local" : "OverKafka"); }

class ParkingOver : public cases::testing::TwoLogs, public ::testing::WithParamInterface<Way> {
 protected:
  ParkingOver() {
    if (GetParam() == Way::kLocal) return;
    broker().create_topic(topic_);
    relay_ =
        std::make_unique<feed::Relay>(feed::RelayParts{.log = *referral_,
                                                       .kafka = broker().options(),
                                                       .to = {.topic = topic_},
                                                       .cursor_file = vault_.folder() / "relay"});
  }

  std::shared_ptr<feed::Feed> feed() {
    if (GetParam() == Way::kLocal) return std::make_shared<feed::LocalFeed>(*referral_);
    return std::make_shared<feed::KafkaFeed>(
        feed::KafkaFeedParts{.log = referral_->name(),
                             .kafka = broker().options(),
                             .from = {.topic = topic_},
                             .origin = std::make_shared<LocalOrigin>(*referral_)});
  }
  std::unique_ptr<Following> follow() {
    cases::FollowingParts all = parts();
    all.feed = feed();
    all.in_background = false;
    all.react = [this](log::UnitOfWork&, const log::Record& record) -> Result<void> {
      const std::lock_guard lock(mutex_);
      if (!refused_.contains(record.prefix.position)) return {};
      return refuse(Code::kFailedPrecondition, "TEST_REFUSES", "The test refuses this record.");
    };
    return std::make_unique<Following>(all);
  }
  bool has_followed(const Following& following) {
    return following.wait_until(referral_->size(), kPatience);
  }
  static Result<uint64_t> retry(Following& following, const std::string& stream) {
    std::promise<Result<uint64_t>> retried;
    following.retry(stream, [&](Result<uint64_t> done) { retried.set_value(std::move(done)); });
    return retried.get_future().get();
  }
  void refuse_at(std::set<uint64_t> positions) {
    const std::lock_guard lock(mutex_);
    refused_ = std::move(positions);
  }

  void contact(const std::string& number) {
    tell({cases::testing::contact_from("police", "c-" + number, "r-" + number)});
  }
  void rate(const std::string& number) {
    tell({cases::testing::about_referral("c-" + number, "r-" + number, "referral_rated {}")});
  }
  // The records of a referral that took effect, in the order in which they did, each as often as it
  // did.
  std::vector<uint64_t> effects_of(const std::string& number) {
    std::map<std::string, uint64_t> positions;
    for (uint64_t at = 0; at < referral_->size(); ++at) {
      const auto record = referral_->read(at).value();
      if (record.body.stream() == "referral/r-" + number) positions[record.body.event_id()] = at;
    }
    std::vector<uint64_t> effects;
    for (const auto& record : kept()) {
      const auto found = positions.find(record.body.causation_id());
      if (record.body.stream().starts_with("case/") && found != positions.end())
        effects.push_back(found->second);
    }
    return effects;
  }

 private:
  static inline int topics_ = 0;
  const std::string topic_ = "mash.parking-" + std::to_string(++topics_);
  std::mutex mutex_;
  std::set<uint64_t> refused_;
  std::unique_ptr<feed::Relay> relay_;
};

TEST_P(ParkingOver, AStreamWaitsAndTriedAgainTakesEffectOnce) {
  refuse_at({0});
  contact("1");
  contact("2");
  rate("1");
  rate("2");
  auto following = follow();
  ASSERT_TRUE(has_followed(*following));
  EXPECT_THAT(effects_of("1"), IsEmpty());
  EXPECT_THAT(effects_of("2"), ElementsAre(1, 3));
  following.reset();
  rate("1");  // which waits with the others, also after a start
  rate("2");
  following = follow();
  ASSERT_TRUE(has_followed(*following));
  ASSERT_EQ(following->standing()->parked_size(), 1);
  EXPECT_EQ(following->standing()->parked(0).stream(), "referral/r-1");
  EXPECT_EQ(following->standing()->parked(0).reason(), "TEST_REFUSES");

  EXPECT_EQ(retry(*following, "referral/r-1").error().reason, "TEST_REFUSES");
  refuse_at({4});
  EXPECT_EQ(retry(*following, "referral/r-1").error().reason, "TEST_REFUSES");
  EXPECT_EQ(following->standing()->parked(0).position(), 4U) << "from there on";
  refuse_at({});
  EXPECT_EQ(retry(*following, "referral/r-1").value(), 1U);
  EXPECT_EQ(following->standing()->parked_size(), 0);
  rate("1");
  ASSERT_TRUE(has_followed(*following));
  following.reset();
  EXPECT_THAT(effects_of("1"), ElementsAre(0, 2, 4, 6));
  EXPECT_THAT(effects_of("2"), ElementsAre(1, 3, 5));
}

INSTANTIATE_TEST_SUITE_P(EachFeed, ParkingOver, ::testing::Values(Way::kLocal, Way::kOverKafka));

}  // namespace
}  // namespace mash::testing
