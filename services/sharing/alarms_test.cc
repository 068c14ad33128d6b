#include <gmock/gmock.h>

#include "clocks/scheduler.h"
#include "policy/pack.h"
#include "sharing/decisions/decision.h"
#include "sharing/requests/request.h"
#include "sharing/testing/log_of_events.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SharingAlarms : public LogOfEvents {
 protected:
  common::v1::Deadline due_by(const char* timescale) {
    common::v1::Deadline deadline;
    to_proto(pack().deadline(timescale, vault_.clock.now(), calendar()).value(), &deadline);
    return deadline;
  }

  std::string ask() {
    auto event = proto<v1::RequestEvent>("requested { terms { agency: 'health' } }");
    event.mutable_requested()->set_case_id(case_);
    *event.mutable_requested()->mutable_deadline() = due_by("information-request-red");
    std::string id = fresh();
    append(request_stream(id), case_, event);
    return id;
  }

  // Answers with the decision's id.
  std::string challenge() {
    std::string id = fresh();
    append(decision_stream(id), case_,
           proto<v1::DecisionEvent>("recorded { agency: 'health' decided_by: 'n-4' }"));
    auto event = proto<v1::DecisionEvent>("challenged { agency: 'police' }");
    event.mutable_challenged()->set_challenge_id(uuid(7));
    *event.mutable_challenged()->mutable_step()->mutable_deadline() =
        due_by("challenge-team-manager");
    append(decision_stream(id), case_, event);
    return id;
  }

  void say() {
    clocks::Scheduler scheduler({.log = *log_,
                                 .clock = vault_.clock,
                                 .context = [this] { return by(clocks::kClockActor); },
                                 .owners = {clocks::owner<Request>(request_stream("")),
                                            clocks::owner<Decision>(decision_stream(""))}});
    ASSERT_TRUE(scheduler.wait_until_said(std::chrono::seconds(60)));
    EXPECT_EQ(scheduler.behind(), 0);
  }

  // What has been said of a stream.
  template <class Event>
  std::vector<std::string> said(const std::string& stream) {
    std::vector<std::string> said;
    const auto history = log_->read_stream(stream).value();
    const auto events = log::public_events<Event>(history.records).value();
    for (const Event& event : events)
      if (event.has_deadline_told())
        said.push_back(event.deadline_told().kind() + event.deadline_told().id() + " " +
                       common::v1::DeadlineState_Name(event.deadline_told().state()));
    return said;
  }
};

TEST_F(SharingAlarms, SayOfRequestsAndChallengesWhatIsDueOnce) {
  const std::string request = ask();
  const std::string decision = challenge();
  say();
  EXPECT_THAT(said<v1::RequestEvent>(request_stream(request)), IsEmpty());
  vault_.clock.advance(std::chrono::days(30));
  say();
  say();
  EXPECT_THAT(said<v1::RequestEvent>(request_stream(request)),
              ElementsAre("information-request-red DEADLINE_STATE_APPROACHING",
                          "information-request-red DEADLINE_STATE_MISSED"));
  EXPECT_THAT(said<v1::DecisionEvent>(decision_stream(decision)),
              ElementsAre("challenge-team-manager" + uuid(7) + " DEADLINE_STATE_APPROACHING",
                          "challenge-team-manager" + uuid(7) + " DEADLINE_STATE_MISSED"));
}

TEST_F(SharingAlarms, SayNothingOfARequestThatWasAnsweredInTime) {
  const std::string request = ask();
  auto event = proto<v1::RequestEvent>("answered { answer: REQUEST_ANSWER_NOTHING_HELD }");
  to_proto(vault_.clock.now(), event.mutable_answered()->mutable_answered_at());
  append(request_stream(request), case_, event);
  vault_.clock.advance(std::chrono::days(30));
  say();
  EXPECT_THAT(said<v1::RequestEvent>(request_stream(request)), IsEmpty());
}

}  // namespace
}  // namespace mash::sharing
