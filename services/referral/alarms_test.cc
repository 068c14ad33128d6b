#include <gmock/gmock.h>

#include "clocks/scheduler.h"
#include "referral/referral.h"
#include "referral/testing/referral_log.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;

class ReferralAlarms : public ReferralLog {
 protected:
  // What has been said of a referral once the scheduler has said all that is due.
  std::vector<std::string> said(const std::string& referral_id) {
    clocks::Scheduler scheduler({.log = *log_,
                                 .clock = vault_.clock,
                                 .context = [this] { return context(clocks::kClockActor); },
                                 .owners = {clocks::owner<Referral>(referral_stream(""))},
                                 .on_held_up =
                                     [](const Result<void>& held_up) {
                                       EXPECT_TRUE(held_up.has_value())
                                           << mash::testing::brief(held_up.error());
                                     }});
    EXPECT_TRUE(scheduler.wait_until_said(std::chrono::seconds(60)));
    EXPECT_EQ(scheduler.behind(), 0);
    std::vector<std::string> said;
    const auto history = log_->read_stream(referral_stream(referral_id)).value();
    const auto events = log::public_events<v1::ReferralEvent>(history.records).value();
    for (const v1::ReferralEvent& event : events)
      if (event.has_deadline_told())
        said.push_back(event.deadline_told().kind() + " " +
                       common::v1::DeadlineState_Name(event.deadline_told().state()));
    return said;
  }
};

TEST_F(ReferralAlarms, SayWhatIsDueOfAContactFromReceiptToItsDecision) {
  const std::string id = submit(kPolice);
  EXPECT_THAT(said(id), ::testing::IsEmpty());
  vault_.clock.advance(std::chrono::days(10));
  const std::vector<std::string> all = said(id);
  EXPECT_THAT(all, ElementsAre("acknowledgement DEADLINE_STATE_APPROACHING",
                               "first-decision DEADLINE_STATE_APPROACHING",
                               "acknowledgement DEADLINE_STATE_MISSED",
                               "first-decision DEADLINE_STATE_MISSED"));
  EXPECT_EQ(said(id), all);
}

TEST_F(ReferralAlarms, SayNothingOfWhatWasDone) {
  const std::string id = submit(kPolice);
  v1::DecideContactRequest close =
      proto<v1::DecideContactRequest>(R"(outcome: CONTACT_OUTCOME_INFORMATION_AND_ADVICE
                                         rationale: "Known and supported.")");
  close.set_referral_id(id);
  v1::AcknowledgeContactRequest acknowledge =
      proto<v1::AcknowledgeContactRequest>("message: 'Received.'");
  run(context(kTriage), [&](log::UnitOfWork& unit) {
    return unit.decide<Referral>({referral_stream(id)}, acknowledge).and_then([&] {
      return unit.decide<Referral>({referral_stream(id)}, close);
    });
  });
  vault_.clock.advance(std::chrono::days(10));
  EXPECT_THAT(said(id), ::testing::IsEmpty());
}

}  // namespace
}  // namespace mash::referral
