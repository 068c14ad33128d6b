#include <gmock/gmock.h>

#include <future>

#include "integration/grpc_helpers.h"
#include "integration/strategy_case.h"
#include "mash/log/v1/log_service.grpc.pb.h"

// A strategy discussion from the referral that calls for it to what follows: over gRPC, against a
// whole hub.
namespace mash::testing {
namespace {

namespace v1 = strategy::v1;
using std::chrono::days;
using std::chrono::hours;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Strategy : public StrategyCase {
 protected:
  // What the log says of deadlines, in order: "discussion-action missed".
  std::vector<std::string> said(const std::string& log) {
    log::v1::ReadLogRequest request;
    request.set_log(log);
    log::v1::LogService::Stub stub(hub_.channel(kAuditor.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    const auto reader = stub.ReadLog(&context, request);
    std::vector<std::string> all;
    for (log::v1::ReadLogResponse reply; reader->Read(&reply);)
      for (const log::v1::LogEntry& entry : reply.entries()) {
        const std::string& json = entry.event_json();
        const size_t told = json.find("deadline_told");
        if (told == std::string::npos) continue;
        const auto field = [&](const std::string& name) {
          const size_t at = json.find("\"" + name + "\":\"", told) + name.size() + 4;
          return json.substr(at, json.find('"', at) - at);
        };
        all.push_back(field("kind") + " " + field("state"));
      }
    EXPECT_TRUE(reader->Finish().ok());
    return all;
  }
  // What it says of actions, once it says of so many that they were missed.
  std::vector<std::string> said_of_actions(size_t missed) {
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    std::vector<std::string> of_actions;
    while (std::chrono::steady_clock::now() < latest) {
      of_actions.clear();
      for (const std::string& each : said("strategy"))
        if (each.starts_with("discussion-action")) of_actions.push_back(each);
      if (std::ranges::count(of_actions, "discussion-action DEADLINE_STATE_MISSED") >=
          static_cast<std::ptrdiff_t>(missed))
        return of_actions;
    }
    ADD_FAILURE() << "fewer than " << missed << " actions were said to be missed";
    return of_actions;
  }
  // The same, once the log says this.
  std::vector<std::string> said_with(const std::string& log, const std::string& what) {
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    std::vector<std::string> all;
    while (std::chrono::steady_clock::now() < latest) {
      all = said(log);
      if (std::ranges::find(all, what) != all.end()) return all;
    }
    ADD_FAILURE() << "the " << log << " log never said: " << what;
    return all;
  }
};

TEST_F(Strategy, IsDueOnceAReferralsOutcomeCallsForIt) {
  decide_referral();
  const auto due = opened();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].stage(), v1::DISCUSSION_STAGE_DUE);
  EXPECT_EQ(due[0].referral_id(), referral_id);
  EXPECT_THAT(due[0].child_ids(), ElementsAre(child_id));
  // Three working days: Thursday, to the end of the day.
  EXPECT_EQ(from_proto(due[0].due_at()).value(), utc("2026-12-10T23:59:59Z"));
  hub_.stop();
  hub_.start();
  EXPECT_EQ(opened().size(), 1u);
}

TEST_F(Strategy, DoesNotBeginWithoutHealthAndSaysWhoIsMissing) {
  convene();
  ASSERT_EQ(told(attend(participants[0])), "accepted");
  ASSERT_EQ(told(attend(participants[1])), "accepted");
  const auto refused = start();
  ASSERT_EQ(told(refused), "NOT_QUORATE");
  EXPECT_EQ(refused.error().faults.at(0).field, "absent.health");
  EXPECT_FALSE(refused.error().sources.empty());
  const auto emergency = start("He is discharged within the hour.");
  ASSERT_EQ(told(emergency), "accepted");
  EXPECT_THAT(emergency->quorum().absent(), ElementsAre("health"));
}

TEST_F(Strategy, StartsEnquiriesAndTheConferencesTimeRunsOverChristmas) {
  convene();
  hold();
  const auto decided = done(kSocialWorker, &Stub::RecordDiscussionDecision, deciding());
  EXPECT_EQ(decided.conference_deadline().kind(), "initial-conference");
  // Christmas Day, Boxing Day's substitute and New Year's Day do not count.
  EXPECT_EQ(from_proto(decided.conference_deadline().due()).value(), utc("2026-12-30T23:59:59Z"));
  ASSERT_EQ(told(close()), "accepted");
  const auto shown = get(kSocialWorker).value().discussion();
  EXPECT_EQ(shown.summary().stage(), v1::DISCUSSION_STAGE_CLOSED);
  EXPECT_EQ(shown.conference_id(), decided.conference_id());
  EXPECT_THAT(shown.decisions(0).agencies(),
              UnorderedElementsAre("health", "police", "social-care"));
  EXPECT_EQ(shown.decisions(0).terms().rationale(), "An injury that nobody explains.");
}

TEST_F(Strategy, IsNobodysToSeeWhoWasNotInvited) {
  convene();
  EXPECT_EQ(told(get(kHeadTeacher)), "NOT_FOUND");
  auto invite = message<v1::InviteParticipantRequest>(
      "invitation { agency: 'education' function: 'education' can_decide: true }");
  invite.set_discussion_id(discussion_id);
  done(kSocialWorker, &Stub::InviteParticipant, invite);
  EXPECT_EQ(told(get(kHeadTeacher)), "accepted");
  EXPECT_EQ(told(get(kAuditor)), "accepted");
  EXPECT_THAT(get(kAuditor).value().discussion().sittings(0).reason(), IsEmpty());
  EXPECT_THAT(get(kAuditor, "Rapid review.").value().discussion().sittings(0).reason(),
              HasSubstr("injury"));
}

TEST_F(Strategy, IsNotForAPractitionerWhoIsBarred) {
  convene();
  ASSERT_EQ(told(get(kGp)), "accepted");
  auto bar = message<referral::v1::BarPractitionerRequest>(
      "practitioner { agency: 'health' practitioner: 'gp-1' } ground: BAR_GROUND_KNOWN_TO_FAMILY "
      "reason: 'Her brother.'");
  bar.set_case_id(case_id);
  done(kManager, &referral::v1::ReferralService::Stub::BarPractitioner, bar);
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (told(get(kGp)) == "accepted" && std::chrono::steady_clock::now() < latest) continue;
  EXPECT_EQ(told(get(kGp)), "NOT_FOUND");
  EXPECT_EQ(told(get(kNamedNurse)), "accepted");
}

TEST_F(Strategy, IsClosedOnceWhenTwoChairsCloseItAtOnce) {
  convene();
  hold();
  done(kSocialWorker, &Stub::RecordDiscussionDecision, deciding());
  std::vector<std::future<std::string>> chairs;
  for (const Caller& chair : {kSocialWorker, kManager})
    chairs.push_back(std::async(std::launch::async, [&, chair] { return told(close(chair)); }));
  std::vector<std::string> answers;
  for (auto& chair : chairs) answers.push_back(chair.get());
  EXPECT_THAT(answers, UnorderedElementsAre("accepted", "DISCUSSION_NOT_IN_PROGRESS"));
}

TEST_F(Strategy, DeadlinesThatPassedWhileTheHubWasDownAreSaidOnceAndInOrder) {
  decide_referral();
  convene(opened().at(0).discussion_id());
  hold();
  done(kSocialWorker, &Stub::RecordDiscussionDecision, deciding());
  const auto first =
      done(kSocialWorker, &Stub::AssignAction, action_of("police", clock_.now() + days(2)));
  done(kSocialWorker, &Stub::AssignAction, action_of("health", clock_.now() + days(8)));
  ASSERT_EQ(told(close()), "accepted");
  const std::string approaching = "discussion-action DEADLINE_STATE_APPROACHING";
  const std::string missed = "discussion-action DEADLINE_STATE_MISSED";
  // Each restart has something new to say, and after that nothing of what came before again.
  for (size_t restart = 1; restart <= 2; ++restart) {
    hub_.stop();
    clock_.advance(days(5));
    hub_.start();
    const auto of_actions = said_of_actions(restart);
    ASSERT_EQ(of_actions.size(), 2 * restart);
    EXPECT_THAT(of_actions[2 * restart - 2], approaching);
    EXPECT_THAT(of_actions[2 * restart - 1], missed);
  }
  // The referral was decided in time, and its assessment is not due yet.
  const auto of_referral = said("referral");
  EXPECT_THAT(of_referral, Contains("acknowledgement DEADLINE_STATE_MISSED"));
  EXPECT_THAT(of_referral, Not(Contains("first-decision DEADLINE_STATE_MISSED")));
  v1::ListActionsRequest late;
  late.set_late(true);
  EXPECT_EQ(done(kPolice, &Stub::ListActions, late).actions(0).action_id(), first.action_id());
}

TEST_F(Strategy, AReferralNobodyDecidesIsSaidToBeMissed) {
  clock_.advance(days(2));
  const auto all = said_with("referral", "first-decision DEADLINE_STATE_MISSED");
  EXPECT_THAT(all, ElementsAre("acknowledgement DEADLINE_STATE_APPROACHING",
                               "first-decision DEADLINE_STATE_APPROACHING",
                               "acknowledgement DEADLINE_STATE_MISSED",
                               "first-decision DEADLINE_STATE_MISSED"));
}

TEST_F(Strategy, AMissingChildIsSeenByEveryAgencyWithAPart) {
  convene();
  auto flag = message<v1::FlagMissingRequest>("details: 'Left at four.'");
  flag.set_case_id(case_id);
  flag.set_child_id(child_id);
  to_proto(clock_.now(), flag.mutable_missing_since());
  EXPECT_EQ(told(call(kHeadTeacher, &Stub::FlagMissing, flag)), "NOT_FOUND");
  done(kPolice, &Stub::FlagMissing, flag);
  EXPECT_EQ(done(kGp, &Stub::ListMissing, {}).children_size(), 1);
  EXPECT_EQ(done(kHeadTeacher, &Stub::ListMissing, {}).children_size(), 0);
  EXPECT_THAT(get(kGp).value().discussion().missing_child_ids(), ElementsAre(child_id));
  auto found = message<v1::ClearMissingRequest>("details: 'At home.'");
  found.set_case_id(case_id);
  found.set_child_id(child_id);
  done(kPolice, &Stub::ClearMissing, found);
  EXPECT_EQ(done(kGp, &Stub::ListMissing, {}).children_size(), 0);
}

TEST_F(Strategy, ProtectionByOneAgencyAloneHasADiscussionFollow) {
  auto request = message<v1::RecordProtectionRequest>(R"(
    kind: PROTECTION_KIND_POLICE_PROTECTION authority: "Insp. Hale" reason: "Found alone."
    other_children: "There are none." acted_alone: "At night; nobody could be reached.")");
  request.set_case_id(case_id);
  request.add_child_ids(child_id);
  to_proto(clock_.now() - hours(1), request.mutable_started_at());
  const auto recorded = done(kPolice, &Stub::RecordProtection, request);
  EXPECT_EQ(from_proto(recorded.deadline().due()).value(), clock_.now() + hours(71));
  const auto due = opened();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].discussion_id(), recorded.discussion_id());
  EXPECT_EQ(due[0].reason(), v1::DISCUSSION_REASON_PROTECTION);
}

TEST_F(Strategy, IsCountedForManagers) {
  convene();
  ASSERT_EQ(told(attend(participants[0])), "accepted");
  ASSERT_EQ(told(attend(participants[1])), "accepted");
  ASSERT_EQ(told(start("Cannot wait.")), "accepted");
  v1::ReportDiscussionsRequest request;
  to_proto(clock_.now() - days(1), request.mutable_from());
  to_proto(clock_.now() + days(30), request.mutable_to());
  const auto report = done(kManager, &Stub::ReportDiscussions, request);
  EXPECT_EQ(report.sittings(), 1u);
  EXPECT_EQ(report.quorate(), 0u);
  EXPECT_EQ(report.emergency(), 1u);
  EXPECT_EQ(report.absent().at("health"), 1u);
  EXPECT_EQ(told(call(kPolice, &Stub::ReportDiscussions, request)), "ROLE_MAY_NOT_CALL");
}

}  // namespace
}  // namespace mash::testing
