#include <gmock/gmock.h>

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "cases/testing/two_logs.h"
#include "feed/together.h"
#include "mash/notification/v1/notification_events.pb.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "notification/notices/raising.h"
#include "policy/testing/told.h"

// Two logs followed by the one that raises notices: somebody is barred in the referral log, and
// then an item is decided on in the sharing log, which knew that.
namespace mash::notification {
namespace {

using namespace cases::testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kRules[] = R"(
  item-disclosed:
    event: mash.sharing.v1.ItemEvent/decided
    to: [field recipients.agency]
    practitioner: recipients.practitioner
    whoever_did_it: true
    urgency: routine
    about: {item: stream}
    source: local
)";

class NoticeOrder : public TwoLogs {
 protected:
  NoticeOrder()
      : packs_(policy::Packs::of({pack()}, {},
                                 {policy::NoticeRules::parse(policy::told_pack(kRules)).value()})
                   .value()),
        parts_{.packs = packs_, .calendar = calendar(), .hub = {"social-care"}, .ids = ids_},
        sharing_(open("sharing")) {
    tell({contact_from("police", "c-1", "r-1")});
    tell({about_case("c-1",
                     "barred { bar { practitioner { agency: 'police' practitioner: 'p-17' } } }")});
    follow_referral_in_sharing();
    decide_on_item();
  }

  void follow_referral_in_sharing() {
    auto copying = begun({.feed = std::make_shared<feed::LocalFeed>(*referral_),
                          .own_log = *sharing_,
                          .clock = vault_.clock});
    while (copying.next() < referral_->size())
      ASSERT_TRUE(copying.follow(referral_->read(copying.next()).value()).has_value());
    ASSERT_TRUE(copying.settle(true).has_value());
  }
  void decide_on_item() {
    const auto decided = proto<sharing::v1::ItemEvent>(
        "decided { decision_id: 'd-1' disposition: ITEM_DISPOSITION_RELEASED "
        "recipients { agency: 'police' practitioner: 'p-17' } }");
    ASSERT_TRUE(run(*sharing_, {.context = as(kTriage)}, [&](log::UnitOfWork& unit) {
                  return unit.add({"item/i-1", "c-1"}, decided);
                }).has_value());
  }

  cases::Copying following(const log::EventLog& log, std::shared_ptr<feed::Together> together) {
    auto following = TwoLogs::parts();
    following.feed = std::make_shared<feed::LocalFeed>(log);
    following.feed->follow_among(std::move(together));
    following.react = [this, &log](log::UnitOfWork& unit, const log::Record& record) {
      return close_and_raise(parts_, unit, record, log.name());
    };
    following.reacts_to = [this](const log::Record& record) { return concerns(parts_, record); };
    return begun(following);
  }
  // The next record, if it may be followed; what was followed is settled.
  static void go(cases::Copying& copying, const log::EventLog& log) {
    const bool followed =
        copying.next() == log.size() || copying.follow(log.read(copying.next()).value());
    ASSERT_TRUE(copying.settle(followed).has_value());
  }
  static void go_as_far_as_may_be(cases::Copying& copying, const log::EventLog& log) {
    for (std::size_t i = 0; i < log.size(); ++i) go(copying, log);
  }
  void forget_all() {
    own_.reset();
    std::filesystem::remove_all(vault_.folder() / "strategy");
    own_ = open("strategy");
  }
  std::vector<std::pair<std::string, std::string>> told() {
    std::vector<std::pair<std::string, std::string>> told;
    for (const log::Record& record : kept()) {
      v1::NoticeEvent event;
      if (record.body.type() == event.GetTypeName() && event.ParseFromString(record.body.event()) &&
          event.has_raised())
        told.emplace_back(event.raised().notice().agency(), event.raised().notice().practitioner());
    }
    return told;
  }

  const policy::Packs packs_;
  IdSource ids_{vault_.clock, 7};
  const RaisingParts parts_;
  std::unique_ptr<log::EventLog> sharing_;
};

TEST_F(NoticeOrder, HoweverTheFeedsInterleaveNoNoticeReachesWhomTheAuthorKnewToBeBarred) {
  const std::size_t steps = referral_->size();
  // How many records of the referral log are followed before all that the other feed can do then,
  // and how many more before it is its turn again.
  for (std::size_t before = 0; before <= steps; ++before)
    for (std::size_t between = 0; between <= steps - before; ++between) {
      SCOPED_TRACE(std::to_string(before) + " before, " + std::to_string(between) + " between");
      forget_all();
      const auto together = std::make_shared<feed::Together>(
          std::vector<std::string>{referral_->name(), sharing_->name()});
      auto of_referral = following(*referral_, together);
      auto of_sharing = following(*sharing_, together);
      for (std::size_t i = 0; i < before; ++i) go(of_referral, *referral_);
      go_as_far_as_may_be(of_sharing, *sharing_);
      for (std::size_t i = 0; i < between; ++i) go(of_referral, *referral_);
      go_as_far_as_may_be(of_sharing, *sharing_);
      go_as_far_as_may_be(of_referral, *referral_);
      go_as_far_as_may_be(of_sharing, *sharing_);
      EXPECT_EQ(of_sharing.next(), sharing_->size());
      EXPECT_THAT(told(), ElementsAre(Pair("police", ""))) << "the agency's desk is told";
    }
}

TEST_F(NoticeOrder, FeedsThatDoNotMindOneAnotherWouldTellThem) {
  auto of_referral = following(*referral_, {});
  auto of_sharing = following(*sharing_, {});
  go(of_referral, *referral_);
  go_as_far_as_may_be(of_sharing, *sharing_);
  EXPECT_THAT(told(), ElementsAre(Pair("police", "p-17")));
}

}  // namespace
}  // namespace mash::notification
