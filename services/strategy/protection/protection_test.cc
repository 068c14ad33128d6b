#include "strategy/protection/protection.h"

#include <gtest/gtest.h>

#include "strategy/testing/protections.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

constexpr char kSince[] = "2026-11-24T20:00:00Z";

Protection::State protected_since(const v1::RecordProtectionRequest& request) {
  return fold<Protection>(protected_by(request));
}

void expect_faults(const v1::RecordProtectionRequest& request,
                   const std::vector<std::string>& fields, const Actor& actor = kSocialWorker) {
  given<Protection>({}).when(record(request), as(actor)).then_refused("INVALID_REQUEST", fields);
}

// --- how long ---

TEST(PoliceProtection, LastsSeventyTwoHoursThroughAWeekend) {
  EXPECT_EQ(runs_out(protected_since(police_protection("2026-11-20T22:30:00Z"))),
            "2026-11-23 22:30:00");
}

TEST(PoliceProtection, LastsSeventyTwoHoursThroughTheClocksChanging) {
  // Forward on 29 March, back on 25 October: the clock on the wall shows an hour more or less.
  EXPECT_EQ(runs_out(protected_since(police_protection("2026-03-27T20:00:00Z"))),
            "2026-03-30 21:00:00");
  EXPECT_EQ(runs_out(protected_since(police_protection("2026-10-23T20:00:00Z"))),
            "2026-10-26 20:00:00");
  EXPECT_EQ(protected_since(police_protection("2026-10-23T20:00:00Z")).runs_out_at(),
            utc("2026-10-26T20:00:00Z"));
}

TEST(Order, LastsEightDaysToTheSameTimeOfDay) {
  EXPECT_EQ(runs_out(protected_since(order("2026-11-24T20:00:00Z"))), "2026-12-02 20:00:00");
  EXPECT_EQ(runs_out(protected_since(order("2026-03-27T20:00:00Z"))), "2026-04-04 20:00:00");
}

TEST(Protection, IsRecordedLateAndMissedAtOnceWhereItsTimeIsPast) {
  const auto request = police_protection("2026-11-21T20:00:00Z");  // until the 24th
  const auto scenario = given<Protection>({}).when(record(request), as(kPolice));
  EXPECT_EQ(scenario.state().clocks.current()->deadline.state(utc(kNow)), DeadlineState::kMissed);
  const auto told = Protection::decide(scenario.state(), clocks::Tell{}, as(kPolice));
  ASSERT_EQ(told->size(), 2U);
  EXPECT_EQ(told->back().deadline_told().state(), common::v1::DEADLINE_STATE_MISSED);
}

// --- what is recorded ---

TEST(Protection, SaysWhoActedAndWhyAndWhatOfOtherChildren) {
  const auto request = police_protection(kSince);
  const auto scenario = given<Protection>({}).when(record(request), as(kPolice));
  const v1::ProtectionStarted& started = scenario.outcome()->front().started();
  EXPECT_EQ(started.agency(), "police");
  EXPECT_EQ(started.authority(), request.authority());
  EXPECT_EQ(started.reason(), request.reason());
  EXPECT_EQ(started.other_children(), request.other_children());
  EXPECT_EQ(started.acted_alone(), request.acted_alone());
  EXPECT_EQ(started.discussion_id(), uuid(930));
  EXPECT_EQ(started.recorded_by(), "p-17");
  EXPECT_EQ(scenario.state().child_ids, std::vector<std::string>{kAda});
}

TEST(Protection, NamesEverythingThatIsWrong) {
  v1::RecordProtectionRequest request;
  to_proto(utc("2026-11-25T11:00:00Z"), request.mutable_started_at());
  expect_faults(request, {"kind", "child_ids", "started_at", "authority", "reason",
                          "other_children", "acted_alone"});
  auto stranger = order(kSince);
  stranger.add_child_ids(uuid(7));
  expect_faults(stranger, {"child_ids[1]"});
}

TEST(Protection, WasPlannedInADiscussionOrOneAgencyActedAlone) {
  auto request = order(kSince);
  request.set_discussion_id(uuid(930));
  expect_faults(request, {"acted_alone", "discussion_id"});
  request.clear_acted_alone();
  expect_faults(request, {"discussion_id"});  // unknown in the case
  given<Protection>({})
      .when(record(request, {.known = true, .started_at = {}}), as(kSocialWorker))
      .then_refused("DISCUSSION_NOT_STARTED");
  given<Protection>({})
      .when(record(request, {.known = true, .started_at = utc("2026-11-24T20:00:01Z")}),
            as(kSocialWorker))
      .then_refused("DISCUSSION_NOT_STARTED");
  const auto scenario = given<Protection>({}).when(
      record(request, {.known = true, .started_at = utc(kSince)}), as(kSocialWorker));
  EXPECT_TRUE(scenario.state().exists());
}

// --- whose it is ---

TEST(PoliceProtection, IsRecordedByThePoliceOrTheHub) {
  const auto request = police_protection(kSince);
  given<Protection>({}).when(record(request), as(kHealth)).then_refused("NOT_THE_POLICE");
  EXPECT_EQ(given<Protection>({}).when(record(request), as(kPolice)).state().agency, "police");
  // By the hub without a name, it is of a force that is none of its agencies.
  EXPECT_EQ(given<Protection>({}).when(record(request), as(kSocialWorker)).state().agency, "");
  auto named = request;
  named.set_agency("police");
  EXPECT_EQ(given<Protection>({}).when(record(named), as(kSocialWorker)).state().agency, "police");
  named.set_agency("health");
  expect_faults(named, {"agency"});
}

TEST(Order, IsRecordedByTheHubForAnotherOrByAnAgencyForItself) {
  auto request = order(kSince);
  EXPECT_EQ(given<Protection>({}).when(record(request), as(kSocialWorker)).state().agency,
            "social-care");
  EXPECT_EQ(given<Protection>({}).when(record(request), as(kPolice)).state().agency, "police");
  request.set_agency("refuge");
  EXPECT_EQ(given<Protection>({}).when(record(request), as(kSocialWorker)).state().agency,
            "refuge");
  expect_faults(request, {"agency"}, kPolice);
  request.set_agency("nobody");
  expect_faults(request, {"agency"});
}

TEST(Protection, IsThereOnce) {
  const auto request = order(kSince);
  given<Protection>(protected_by(request))
      .when(record(request), as(kSocialWorker))
      .then_refused("PROTECTION_EXISTS");
}

// --- another authority ---

v1::RecordResponsibilityRequest responsibility(const char* other) {
  v1::RecordResponsibilityRequest request;
  *request.mutable_other_authority() = proto<v1::OtherAuthority>(other);
  return request;
}

// 25 November 2026 at 08:00, 09:00 and 09:30 UTC.
constexpr char kConsulted[] = "area: 'E08000025' consulted_at { seconds: 1795593600 }";
constexpr char kAccepted[] = R"(area: 'E08000025' consulted_at { seconds: 1795593600 }
    accepted_at { seconds: 1795597200 } accepted_by: 'The duty manager')";
constexpr char kWritten[] = R"(area: 'E08000025' consulted_at { seconds: 1795593600 }
    accepted_at { seconds: 1795597200 } accepted_by: 'The duty manager'
    written_at { seconds: 1795599000 })";

Protection::Event responsible(const char* other) {
  Protection::Event event;
  *event.mutable_responsibility_recorded()->mutable_other_authority() =
      proto<v1::OtherAuthority>(other);
  return event;
}

TEST(Responsibility, StaysHereUntilAnotherAuthorityAcceptsExplicitly) {
  EXPECT_TRUE(protected_since(order(kSince)).responsible_here());
  for (const auto& [other, here] :
       {std::pair{"area: 'E08000025'", true}, std::pair{kConsulted, true},
        std::pair{kAccepted, false}, std::pair{kWritten, false}}) {
    const auto scenario = given<Protection>(protected_by(order(kSince)))
                              .when(responsibility(other), as(kSocialWorker));
    EXPECT_EQ(scenario.state().responsible_here(), here) << other;
    auto at_once = order(kSince);
    *at_once.mutable_other_authority() = proto<v1::OtherAuthority>(other);
    EXPECT_EQ(
        given<Protection>({}).when(record(at_once), as(kSocialWorker)).state().responsible_here(),
        here)
        << other;
  }
}

TEST(Responsibility, IsConsultedThenAcceptedBySomebodyThenConfirmedInWriting) {
  const auto expect = [](const char* other, const std::vector<std::string>& fields) {
    given<Protection>(protected_by(order(kSince)))
        .when(responsibility(other), as(kSocialWorker))
        .then_refused("INVALID_REQUEST", fields);
  };
  expect("area: 'Bristol'", {"other_authority.area"});
  expect("area: 'E10000013'", {"other_authority.area"});  // this one
  expect("area: 'E08000025' accepted_at { seconds: 1795597200 } accepted_by: 'Her'",
         {"other_authority.accepted_at"});
  expect("area: 'E08000025' accepted_by: 'Her'", {"other_authority.accepted_by"});
  expect(R"(area: 'E08000025' consulted_at { seconds: 1795593600 }
            accepted_at { seconds: 1795590000 })",
         {"other_authority.accepted_at", "other_authority.accepted_by"});
  expect(R"(area: 'E08000025' consulted_at { seconds: 1795593600 }
            written_at { seconds: 1795599000 })",
         {"other_authority.written_at"});
  expect("area: 'E08000025' consulted_at { seconds: 1795800000 }",  // in the future
         {"other_authority.consulted_at"});
}

TEST(Responsibility, AcceptedIsNotTakenBackBySayingLess) {
  Protection::Events events = protected_by(order(kSince));
  events.push_back(responsible(kAccepted));
  given<Protection>(events)
      .when(responsibility(kConsulted), as(kSocialWorker))
      .then_refused("RESPONSIBILITY_ACCEPTED");
  const std::string elsewhere = "area: 'W06000015' " + std::string(kAccepted).substr(18);
  given<Protection>(events)
      .when(responsibility(elsewhere.c_str()), as(kSocialWorker))
      .then_refused("RESPONSIBILITY_ACCEPTED");
  EXPECT_TRUE(given<Protection>(events)
                  .when(responsibility(kWritten), as(kSocialWorker))
                  .state()
                  .other.has_written_at());
}

TEST(Responsibility, ConfirmedInWritingStaysSo) {
  Protection::Events events = protected_by(order(kSince));
  events.push_back(responsible(kWritten));
  given<Protection>(events)
      .when(responsibility(kAccepted), as(kSocialWorker))
      .then_refused("RESPONSIBILITY_ACCEPTED");
}

TEST(Responsibility, IsRecordedOnceWhereNothingIsNew) {
  Protection::Events events = protected_by(order(kSince));
  events.push_back(responsible(kConsulted));
  given<Protection>(events)
      .when(responsibility(kConsulted), as(kSocialWorker))
      .then_nothing_changes();
}

TEST(Responsibility, IsTheHubsToRecord) {
  given<Protection>(protected_by(order(kSince), kPolice))
      .when(responsibility(kConsulted), as(kPolice))
      .then_refused("NOT_FOUND");
}

TEST(Order, LastsAsManyDaysAsTheCourtSays) {
  auto request = order("2026-11-20T15:00:00Z");
  request.set_days(5);
  EXPECT_EQ(protected_since(request).runs_out_at(), utc("2026-11-25T15:00:00Z"));
  for (const unsigned wrong : {0U, 9U}) {
    request.set_days(wrong);
    expect_faults(request, {"days"});
  }
}

TEST(Order, IsCountedFromThePoliceProtectionItTookThePlaceOf) {
  auto request = order("2026-11-20T15:00:00Z");
  to_proto(utc("2026-11-18T22:00:00Z"), request.mutable_counted_from());
  EXPECT_EQ(protected_since(request).runs_out_at(), utc("2026-11-26T22:00:00Z"));
  for (const char* wrong : {"2026-11-17T14:59:59Z", "2026-11-20T15:00:01Z"}) {
    to_proto(utc(wrong), request.mutable_counted_from());
    expect_faults(request, {"counted_from"});
  }
  to_proto(utc("2026-11-18T22:00:00Z"), request.mutable_counted_from());
  request.set_days(1);
  expect_faults(request, {"days"});
}

TEST(PoliceProtection, HasNoDaysOfACourt) {
  auto request = police_protection("2026-11-24T22:00:00Z");
  request.set_days(3);
  *request.mutable_counted_from() = request.started_at();
  expect_faults(request, {"days", "counted_from"});
}

}  // namespace
}  // namespace mash::strategy
