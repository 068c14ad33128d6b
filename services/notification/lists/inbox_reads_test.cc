#include "notification/lists/inbox_reads.h"

#include <gmock/gmock.h>

#include "notification/admitting.h"
#include "notification/deliveries/undelivered.h"
#include "notification/notices/notice.h"
#include "notification/testing/raised.h"

// What a subscriber hears of an inbox, and what becomes of commands on what is in it, whatever may
// be known of the case.
namespace mash::notification {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kRules[] = R"(
  received:
    event: mash.referral.v1.ReferralEvent/contact_received
    to: [agency health]
    urgency: routine
    about: {referral: stream}
    source: local
)";
constexpr char kBar[] = "barred { bar { practitioner { agency: 'police' practitioner: 'p-17' } } }";
const Actor kSystem{"health", "hea-01", "", "referrer-system"};

class Following : public RaisedBy {
 protected:
  Following() : RaisedBy(kRules) {}

  // Subscribes, and hears what there is to hear from where it left off: what each notice is about.
  std::vector<std::string> heard(const Actor& actor, v1::SubscribeRequest request = {}) {
    auto& pull = subscriptions_[actor.practitioner];
    if (!pull) pull = subscribe(*own_, request, now_by(actor), [this] { ++woken_; });
    std::vector<std::string> heard;
    int pages = 0;
    for (;; ++pages) {
      const int woken_before = woken_;
      v1::SubscribeResponse message;
      host::Looks looks;
      const auto next = pull(message, looks);
      EXPECT_TRUE(next.has_value());
      for (const auto& each : message.notices()) heard.push_back(each.notice().about(0).id());
      if (message.notices().empty() && woken_ == woken_before) return heard;
    }
  }
  std::string stream_of(const std::string& referral) {
    for (const v1::Notice& notice : raised())
      if (notice.about(0).id() == referral) return notice_stream(notice.notice_id());
    return {};
  }
  // The words in which an acknowledgement of that stream is refused.
  std::string refused(const Actor& actor, const std::string& stream) {
    const auto done =
        run(*own_, {.context = now_by(actor), .guard = notice_guard()}, [&](log::UnitOfWork& unit) {
          return unit.decide<Notice>({.stream = stream}, v1::AcknowledgeNoticeRequest());
        });
    return done ? "done" : done.error().reason + ": " + done.error().message;
  }
  std::string retry_refused(const Actor& actor, const std::string& delivery_id) {
    v1::RetryUndeliveredRequest request;
    request.set_delivery_id(delivery_id);
    const auto done = run(*own_, {.context = now_by(actor), .guard = notice_guard()},
                          [&](log::UnitOfWork& unit) { return retry_undelivered(unit, request); });
    return done ? "done" : done.error().reason + ": " + done.error().message;
  }

  std::map<std::string, host::Pull<v1::SubscribeResponse>> subscriptions_;
  int woken_ = 0;
};

TEST_F(Following, HearsOfAParkedCaseOnceItGoesOn) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_case("c-1", kBar)});
  tell({contact_from("police", "c-2", "r-2")});
  refused_ = {1};
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(heard(kSystem), ElementsAre("r-2"));
  retry("case/c-1");
  EXPECT_THAT(heard(kSystem), ElementsAre("r-1"));
  EXPECT_THAT(heard(kSystem), IsEmpty()) << "once";
}

TEST_F(Following, HearsHowWhatIsOverOfAParkedCaseStoodToo) {
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  ASSERT_EQ(refused(kHealth, stream_of("r-1")), "done");
  tell({about_case("c-1", kBar)});
  refused_ = {1};
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(heard(kSystem), IsEmpty());
  retry("case/c-1");
  EXPECT_THAT(heard(kSystem), ElementsAre("r-1"));
}

TEST_F(Following, HearsWhatWasThereBeforeTheyWereNamedOrARestrictionWasLifted) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_case("c-1", "restricted { named { agency: 'health' practitioner: 'n-9' } }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(heard(kHealth), IsEmpty());
  tell({about_case("c-1", "restricted { named { agency: 'health' practitioner: 'n-4' } }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(heard(kHealth), ElementsAre("r-1"));
  tell({about_case("c-1", "restricted { named { agency: 'health' practitioner: 'n-9' } }")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(heard(kHealth), IsEmpty());
  tell({about_case("c-1", "unrestricted {}")});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(heard(kHealth), ElementsAre("r-1"));
}

TEST_F(Following, LooksAtOnePageAtATime) {
  for (int i = 0; i < 250; ++i) tell({contact_from("police", "c-1", "r-" + std::to_string(i))});
  ASSERT_TRUE(follow().has_value());
  v1::SubscribeRequest urgent;
  urgent.set_at_least(v1::URGENCY_IMMEDIATE);
  EXPECT_THAT(heard(kSystem, urgent), IsEmpty());
  EXPECT_EQ(woken_, 3) << "with nothing to say, after each page";
}

TEST_F(Following, IsToldThatACaseIsParkedWhoeverMayKnowOfIt) {
  tell({contact_from("police", "c-1", "r-1")});
  tell({about_case("c-1",
                   "barred { bar { practitioner { agency: 'health' practitioner: 'n-9' } } }")});
  tell({about_case("c-1", kBar)});
  refused_ = {2};
  ASSERT_TRUE(follow().has_value());
  const std::string stream = stream_of("r-1");
  EXPECT_THAT(refused(kHealth, stream), ::testing::StartsWith("CASE_PARKED"));
  const std::string none = refused(kHealth, notice_stream("none"));
  EXPECT_THAT(none, ::testing::StartsWith("NOT_FOUND"));
  EXPECT_EQ(refused(kPolice, stream), none) << "whose it is not";
  EXPECT_EQ(refused(kHealthManager, stream), none) << "who is barred";
}

TEST_F(Following, HearsOfADeliveryThatIsNotTheirsAsOfOneThatIsNotThere) {
  set_contacts("health", {"desk"});
  tell({contact_from("police", "c-1", "r-1")});
  ASSERT_TRUE(follow().has_value());
  const auto deliveries = events<v1::DeliveryEvent>();
  ASSERT_EQ(deliveries.size(), 1U);
  const std::string id = deliveries.front().due().delivery_id();
  tell({about_case("c-1",
                   "barred { bar { practitioner { agency: 'health' practitioner: 'n-4' } } }")});
  ASSERT_TRUE(follow().has_value());
  const std::string none = retry_refused(kHealth, "none");
  EXPECT_THAT(none, ::testing::StartsWith("NOT_FOUND"));
  EXPECT_EQ(retry_refused(kHealth, id), none) << "barred";
  EXPECT_EQ(retry_refused(kPolice, id), none) << "another agency";
}

}  // namespace
}  // namespace mash::notification
