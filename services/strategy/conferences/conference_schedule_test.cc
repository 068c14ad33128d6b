#include <gtest/gtest.h>

#include "policy/pack.h"
#include "strategy/testing/conferences.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

using Events = Conference::Events;

const cases::Family& bells() {
  static const cases::Family family = bell_family();
  return family;
}

Conference::Schedule schedule(const v1::ScheduleConferenceRequest& request) {
  return {.request = request, .family = bells(), .case_id = kBellCase};
}
Conference::RequestIt ask(const v1::RequestConferenceRequest& request) {
  return {.request = request, .family = bells(), .case_id = kBellCase};
}

// A new one about one child.
v1::ScheduleConferenceRequest opening(v1::ConferenceKind kind, std::string_view counted_from) {
  v1::ScheduleConferenceRequest request;
  request.set_case_id(kBellCase);
  request.set_kind(kind);
  request.add_child_ids(kAda);
  to_proto(utc(counted_from), request.mutable_counted_from());
  return request;
}

// A date for one that is there.
v1::ScheduleConferenceRequest date(std::string_view at) {
  auto request = proto<v1::ScheduleConferenceRequest>("place: 'Room 4' chair: 'c-3'");
  request.set_conference_id(kBellConference);
  to_proto(utc(at), request.mutable_scheduled_at());
  return request;
}

v1::RequestConferenceRequest request_of_health() {
  auto request = proto<v1::RequestConferenceRequest>("reason: 'She is not safe at home.'");
  request.set_case_id(kBellCase);
  request.add_child_ids(kAda);
  return request;
}
Events asked_for(std::string_view now = kNow) {
  const auto request = request_of_health();
  return Conference::decide({}, ask(request), as(kHealth, now)).value();
}

Events initial() {
  return fallen_due(
      due(v1::CONFERENCE_KIND_INITIAL, policy::kInitialConference, "2026-11-20T10:00:00Z"));
}

// --- a date ---

// A pre-birth conference that enquiries made due, at which a birth is expected then.
Events pre_birth() {
  return fallen_due(
      due(v1::CONFERENCE_KIND_PRE_BIRTH, policy::kInitialConference, "2026-11-20T10:00:00Z"));
}
v1::ScheduleConferenceRequest expected(std::string_view delivery) {
  v1::ScheduleConferenceRequest request;
  request.set_conference_id(kBellConference);
  to_proto(utc(delivery), request.mutable_expected_delivery());
  return request;
}

TEST(ExpectedDelivery, BringsAPreBirthConferenceToTenWeeksBeforeItWhereThatIsSooner) {
  const auto soon = expected("2027-02-08T10:00:00Z");  // ten weeks after the 30th of November
  const auto scenario = given<Conference>(pre_birth()).when(schedule(soon), as(kSocialWorker));
  const v1::ConferenceDueAgain& again = scenario.outcome()->front().due_again();
  EXPECT_TRUE(again.before_birth());
  EXPECT_EQ(again.deadline().capped_by(), policy::kPreBirthConference);
  EXPECT_EQ(again.before().due().seconds(), pre_birth()[0].due().deadline().due().seconds());
  EXPECT_EQ(scenario.state().clocks.current()->deadline.current_due(), utc("2026-11-30T10:00:00Z"));
  EXPECT_FALSE(scenario.state().born);
  const auto late = expected("2027-06-01T10:00:00Z");
  EXPECT_EQ(held_by(given<Conference>(pre_birth()).when(schedule(late), as(kSocialWorker)).state()),
            held_by(fold<Conference>(pre_birth())));
}

TEST(ExpectedDelivery, HasTheConferenceHeldAtOnceWhereTenWeeksBeforeIsPast) {
  auto soon = expected("2026-12-20T10:00:00Z");
  to_proto(utc("2026-11-27T10:00:00Z"), soon.mutable_scheduled_at());
  const auto scenario = given<Conference>(pre_birth()).when(schedule(soon), as(kSocialWorker));
  EXPECT_EQ(scenario.outcome()->size(), 2U);
  EXPECT_EQ(scenario.state().clocks.current()->deadline.current_due(), utc(kNow));
  EXPECT_EQ(scenario.state().stage, v1::CONFERENCE_STAGE_SCHEDULED);
}

TEST(ExpectedDelivery, IsOfAPreBirthConferenceThatIsDueAndADateOnWhichABirthIsExpected) {
  const auto of_another = expected("2027-02-08T10:00:00Z");
  given<Conference>(initial())
      .when(schedule(of_another), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"expected_delivery"});
  const auto far = expected("2028-02-08T10:00:00Z");
  given<Conference>(pre_birth())
      .when(schedule(far), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"expected_delivery"});
  auto new_one = opening(v1::CONFERENCE_KIND_PRE_BIRTH, "2027-02-08T10:00:00Z");
  to_proto(utc("2027-02-08T10:00:00Z"), new_one.mutable_expected_delivery());
  given<Conference>({})
      .when(schedule(new_one), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"expected_delivery"});
}

TEST(Date, IsGivenToWhatIsDueAndMayBeAnotherOne) {
  const auto first = date("2026-12-04T10:00:00Z");
  const auto scenario = given<Conference>(initial()).when(schedule(first), as(kSocialWorker));
  ASSERT_EQ(scenario.outcome()->size(), 1U);
  const v1::ConferenceScheduled& event = scenario.outcome()->front().scheduled();
  EXPECT_EQ(event.place(), "Room 4");
  EXPECT_EQ(event.chair(), "c-3");
  EXPECT_EQ(event.scheduled_by(), "w-1");
  EXPECT_EQ(scenario.state().stage, v1::CONFERENCE_STAGE_SCHEDULED);
  EXPECT_TRUE(scenario.state().clocks.current()->runs()) << "a date meets nothing: being held does";
  Events events = initial();
  events.push_back(scenario.outcome()->front());
  const auto later = date("2026-12-09T10:00:00Z");
  EXPECT_EQ(given<Conference>(events).when(schedule(later), as(kSocialWorker)).outcome()->size(),
            1U);
}

TEST(Date, IsToComeWithinAYear) {
  const auto just = date("2026-11-25T09:00:00Z");  // an hour ago: they are sitting down
  EXPECT_TRUE(given<Conference>(initial()).when(schedule(just), as(kSocialWorker)).outcome());
  for (const char* wrong : {"2026-11-25T08:59:59Z", "2027-11-27T10:00:00Z"}) {
    const auto request = date(wrong);
    given<Conference>(initial())
        .when(schedule(request), as(kSocialWorker))
        .then_refused("INVALID_REQUEST", {"scheduled_at"});
  }
}

TEST(Date, OfOneThatIsThereComesWithNothingOfANewOne) {
  auto request = opening(v1::CONFERENCE_KIND_INITIAL, "2026-11-20T10:00:00Z");
  request.set_conference_id(kBellConference);
  request.set_reason("Because.");
  given<Conference>(initial())
      .when(schedule(request), as(kSocialWorker))
      .then_refused("INVALID_REQUEST",
                    {"case_id", "kind", "child_ids", "counted_from", "reason", "scheduled_at"});
}

TEST(Date, IsNotForWhatIsOverNorForStrangers) {
  const auto request = date("2026-12-04T10:00:00Z");
  Events events = initial();
  const Conference::CallOff call_off{.discussion_id = uuid(930), .reason = "None needed."};
  events.push_back(
      Conference::decide(fold<Conference>(events), call_off, as(kSocialWorker)).value().front());
  given<Conference>(events)
      .when(schedule(request), as(kSocialWorker))
      .then_refused("CONFERENCE_OVER");
  given<Conference>(initial()).when(schedule(request), as(kPolice)).then_refused("NOT_FOUND");
  given<Conference>({}).when(schedule(request), as(kSocialWorker)).then_refused("NOT_FOUND");
}

TEST(Date, IsWithAChairWhoMaySeeTheCase) {
  const auto request = date("2026-12-04T10:00:00Z");
  cases::Family family = bell_family();
  family.access.restrict_to({{"social-care", "w-1"}});
  const Conference::Schedule command{.request = request, .family = family, .case_id = kBellCase};
  given<Conference>(initial()).when(command, as(kSocialWorker)).then_refused("NOT_NAMED");
  family.access.named.insert({"social-care", "c-3"});
  EXPECT_TRUE(given<Conference>(initial()).when(command, as(kSocialWorker)).outcome());
  family.access.barred.insert({"social-care", "c-3"});
  given<Conference>(initial()).when(command, as(kSocialWorker)).then_refused("PRACTITIONER_BARRED");
}

// --- a new one ---

TEST(NewConference, IsDueWithoutADateOrHasOneAtOnce) {
  auto request = opening(v1::CONFERENCE_KIND_TRANSFER_IN, "2026-11-20T10:00:00Z");
  request.set_reason("The family moved here.");
  const auto without = given<Conference>({}).when(schedule(request), as(kSocialWorker));
  EXPECT_EQ(without.outcome()->size(), 1U);
  EXPECT_EQ(without.outcome()->front().due().reason(), "The family moved here.");
  EXPECT_EQ(without.state().stage, v1::CONFERENCE_STAGE_DUE);
  EXPECT_EQ(held_by(without.state()), "2026-12-11 23:59:59");
  to_proto(utc("2026-12-04T10:00:00Z"), request.mutable_scheduled_at());
  const auto with = given<Conference>({}).when(schedule(request), as(kSocialWorker));
  EXPECT_EQ(with.outcome()->size(), 2U);
  EXPECT_EQ(with.state().stage, v1::CONFERENCE_STAGE_SCHEDULED);
  EXPECT_EQ(with.state().case_id, kBellCase);
}

TEST(NewConference, BeforeABirthIsDueTenWeeksBeforeItIsExpected) {
  const auto request = opening(v1::CONFERENCE_KIND_PRE_BIRTH, "2027-04-20T12:00:00Z");
  const auto scenario = given<Conference>({}).when(schedule(request), as(kSocialWorker));
  EXPECT_EQ(held_by(scenario.state()), "2027-02-09 13:00:00");
  EXPECT_EQ(stands(scenario.state(), kNow), DeadlineState::kRunning);
}

TEST(NewConference, BeforeABirthThatIsNearIsMissedAtOnceAndTakenAllTheSame) {
  const auto request = opening(v1::CONFERENCE_KIND_PRE_BIRTH, "2026-12-30T12:00:00Z");
  const auto scenario = given<Conference>({}).when(schedule(request), as(kSocialWorker));
  EXPECT_EQ(stands(scenario.state(), kNow), DeadlineState::kMissed);
  EXPECT_EQ(Conference::decide(scenario.state(), clocks::Tell{}, as(kSocialWorker))->size(), 2U);
}

TEST(NewConference, IsCountedFromWhatCanHaveBeen) {
  for (const auto& [kind, when] :
       {std::pair{v1::CONFERENCE_KIND_TRANSFER_IN, "2026-11-26T10:00:00Z"},
        std::pair{v1::CONFERENCE_KIND_INITIAL, "2026-11-26T10:00:00Z"},
        std::pair{v1::CONFERENCE_KIND_PRE_BIRTH, "2027-09-22T10:00:00Z"},
        std::pair{v1::CONFERENCE_KIND_PRE_BIRTH, "2026-10-25T10:00:00Z"}}) {
    const auto request = opening(kind, when);
    given<Conference>({})
        .when(schedule(request), as(kSocialWorker))
        .then_refused("INVALID_REQUEST", {"counted_from"});
  }
}

TEST(NewConference, IsNeverAReviewNorACoreGroup) {
  for (const auto kind : {v1::CONFERENCE_KIND_REVIEW, v1::CONFERENCE_KIND_CORE_GROUP,
                          v1::CONFERENCE_KIND_UNSPECIFIED}) {
    const auto request = opening(kind, "2026-11-20T10:00:00Z");
    given<Conference>({})
        .when(schedule(request), as(kSocialWorker))
        .then_refused("INVALID_REQUEST", {"kind"});
  }
}

TEST(NewConference, NamesEverythingThatIsWrong) {
  auto request = proto<v1::ScheduleConferenceRequest>("place: 'Room 4' chair: 'c-3'");
  request.add_child_ids(uuid(7));
  given<Conference>({})
      .when(schedule(request), as(kSocialWorker))
      .then_refused("INVALID_REQUEST", {"kind", "child_ids[0]", "counted_from", "place", "chair"});
}

// --- asked for ---

TEST(AskedFor, ItIsAnsweredWithinThreeWorkingDays) {
  const auto state = fold<Conference>(asked_for("2026-12-23T10:00:00Z"));
  EXPECT_EQ(state.stage, v1::CONFERENCE_STAGE_REQUESTED);
  EXPECT_EQ(state.requested_by_agency, "health");
  EXPECT_EQ(held_by(state), "2026-12-30 23:59:59");  // Christmas, and Monday in its stead
}

TEST(AskedFor, WithADateItIsAnInitialConferenceCountedFromTheRequest) {
  const auto request = date("2026-12-04T10:00:00Z");
  const auto scenario = given<Conference>(asked_for("2026-11-20T10:00:00Z"))
                            .when(schedule(request), as(kSocialWorker, "2026-11-23T10:00:00Z"));
  EXPECT_EQ(scenario.outcome()->size(), 2U);
  const Conference::State state = scenario.state();
  EXPECT_EQ(state.kind, v1::CONFERENCE_KIND_INITIAL);
  EXPECT_EQ(state.stage, v1::CONFERENCE_STAGE_SCHEDULED);
  EXPECT_EQ(state.requested_by_agency, "health");
  EXPECT_EQ(held_by(state), "2026-12-11 23:59:59");
  const clocks::Clock* answer = state.clocks.find(policy::kConferenceRequest);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->deadline.state(utc(kNow)), DeadlineState::kMet);
}

TEST(AskedFor, WithAReasonedRefusalItIsAnsweredToo) {
  const auto request = not_held();
  const auto scenario =
      given<Conference>(asked_for("2026-11-20T10:00:00Z"))
          .when(Conference::Record{.request = request, .on_plan = {}, .next_ids = {}},
                as(kSocialWorker, "2026-11-23T10:00:00Z"));
  EXPECT_EQ(scenario.state().stage, v1::CONFERENCE_STAGE_NOT_HELD);
  EXPECT_EQ(stands(scenario.state(), kNow), DeadlineState::kMet);
}

TEST(AskedFor, ItIsNotHeldBeforeItIsAgreed) {
  const auto request = held("2026-11-25T09:00:00Z", {outcome(kAda, v1::PLAN_DECISION_NONE)});
  given<Conference>(asked_for("2026-11-20T10:00:00Z"))
      .when(Conference::Record{.request = request, .on_plan = {}, .next_ids = {}},
            as(kSocialWorker))
      .then_refused("CONFERENCE_NOT_AGREED");
}

TEST(AskedFor, ByAnAgencyWithAPartInTheCaseAndWithAReason) {
  const auto request = request_of_health();
  given<Conference>({}).when(ask(request), as(kSchool)).then_refused("NOT_FOUND");
  EXPECT_TRUE(given<Conference>({}).when(ask(request), as(kTriage)).state().exists());
  auto without = request;
  without.clear_reason();
  without.clear_child_ids();
  given<Conference>({})
      .when(ask(without), as(kHealth))
      .then_refused("INVALID_REQUEST", {"child_ids", "reason"});
}

TEST(Request, IsRefusedWhileAConferenceAboutTheChildIsOpen) {
  const auto request = request_of_health();
  auto command = ask(request);
  command.one_is_open = true;
  given<Conference>({}).when(command, as(kHealth)).then_refused("CONFERENCE_ALREADY_OPEN");
}

}  // namespace
}  // namespace mash::strategy
