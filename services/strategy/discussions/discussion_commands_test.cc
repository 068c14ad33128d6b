#include "strategy/discussions/discussion_commands.h"

#include <gtest/gtest.h>

#include "policy/pack.h"
#include "strategy/conferences/conference.h"
#include "strategy/testing/discussions.h"
#include "strategy/testing/strategy_log.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

class DiscussionCommands : public ::testing::Test {
 protected:
  DiscussionCommands() { log_.know_case(case_, {"education", "police"}, {ada_, ben_}); }

  std::string run(const Actor& actor, const log::Work& work) {
    const auto appended = log_.attempt(actor, work, 10);
    EXPECT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
    return appended && !appended->events.empty() ? id_in(appended->events.front().stream) : "";
  }
  void run_under(const policy::Pack& pack, const Actor& actor, const log::Work& work) {
    Context context = as(actor);
    context.now = log_.clock().now();
    context.pack = &pack;
    context.fresh_ids = {log_.fresh(), log_.fresh()};
    std::promise<Result<log::Appended>> answered;
    log::handle(*log_,
                {.context = context, .received_at = context.now, .guard = cases::command_guard()},
                work, [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    const auto appended = answered.get_future().get();
    EXPECT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
  }
  void expect_refused(const Actor& actor, const log::Work& work, const std::string& reason) {
    const uint64_t size = log_->size();
    const auto appended = log_.attempt(actor, work, 10);
    ASSERT_FALSE(appended.has_value()) << "was not refused";
    EXPECT_EQ(appended.error().reason, reason) << mash::testing::brief(appended.error());
    EXPECT_EQ(log_->size(), size) << "something was written";
  }

  v1::ConveneDiscussionRequest convening_now() {
    auto request = convening(to_rfc3339(log_.clock().now()), minimum());
    request.set_case_id(case_);
    request.clear_child_ids();
    request.add_child_ids(ada_);
    return request;
  }
  static log::Work convene(v1::ConveneDiscussionRequest request) {
    return [request = std::move(request)](log::UnitOfWork& unit) {
      return convene_discussion(unit, request);
    };
  }
  log::Work attend(const std::string& id, std::string_view function, bool leaves = false) {
    v1::RecordAttendanceRequest request;
    request.set_discussion_id(id);
    request.set_can_decide(true);
    for (const auto& participant : discussion(id).participants)
      if (participant.function == function) request.set_participant_id(participant.id);
    if (leaves) to_proto(log_.clock().now(), request.mutable_left_at());
    return [request](log::UnitOfWork& unit) { return record_attendance(unit, request); };
  }
  template <class Request>
  static log::Work alone(const std::string& id, const Request& request) {
    return [id, request](log::UnitOfWork& unit) {
      return unit.decide<Discussion>({discussion_stream(id)}, request);
    };
  }
  static log::Work close(const std::string& id) {
    return alone(id, proto<v1::CloseDiscussionRequest>("summary: 'As decided.'"));
  }
  static log::Work decide(const std::string& id, const v1::DiscussionDecisionTerms& terms) {
    auto request = Course::deciding(terms);
    request.set_discussion_id(id);
    return [request](log::UnitOfWork& unit) { return record_discussion_decision(unit, request); };
  }
  static log::Work conclude(const std::string& id, const char* outcome) {
    v1::ConcludeEnquiryRequest request;
    request.set_discussion_id(id);
    *request.mutable_conclusion() = substantiated();
    request.mutable_conclusion()->set_outcome(outcome);
    return [request](log::UnitOfWork& unit) { return conclude_enquiry(unit, request); };
  }

  // Everybody comes who must, and it begins.
  std::string begun(v1::ConveneDiscussionRequest request) {
    const std::string id = run(kTriage, convene(std::move(request)));
    gather(id);
    return id;
  }
  void gather(const std::string& id) {
    for (const auto& participant : discussion(id).participants)
      run(kTriage, attend(id, participant.function));
    run(kManager, alone(id, v1::StartDiscussionRequest()));
  }
  std::string begun() { return begun(convening_now()); }

  Discussion::State discussion(const std::string& id) {
    return log_.state<Discussion>(discussion_stream(id));
  }
  Conference::State conference_of(const std::string& id) {
    return log_.state<Conference>(conference_stream(discussion(id).enquiry.conference_id));
  }
  bool has_part(const std::string& agency) {
    return cases::family_of(*log_, case_).value().has_part(agency);
  }

  StrategyLog log_;
  const std::string case_ = log_.fresh();
  const std::string ada_ = log_.fresh();
  const std::string ben_ = log_.fresh();
};

TEST_F(DiscussionCommands, ConveneInTheCaseAndInvolveWhomTheyInvite) {
  EXPECT_FALSE(has_part("health"));
  const std::string id = run(kTriage, convene(convening_now()));
  EXPECT_EQ(discussion(id).case_id, case_);
  EXPECT_EQ(discussion(id).participants.size(), 3u);
  EXPECT_TRUE(has_part("health"));
}

TEST_F(DiscussionCommands, ConveneForTheHubAloneAndInACaseOfItsChildren) {
  expect_refused(kPolice, convene(convening_now()), "NOT_FOUND");
  auto stranger = convening_now();
  stranger.add_child_ids(log_.fresh());
  expect_refused(kTriage, convene(stranger), "INVALID_REQUEST");
  auto nowhere = convening_now();
  nowhere.set_case_id(log_.fresh());
  expect_refused(kTriage, convene(nowhere), "NOT_FOUND");
  auto no_referral = convening_now();
  no_referral.set_referral_id(log_.fresh());
  expect_refused(kTriage, convene(no_referral), "NOT_FOUND");
}

TEST_F(DiscussionCommands, ConveneOneOfTwo) {
  auto neither = convening_now();
  neither.clear_case_id();
  expect_refused(kTriage, convene(neither), "INVALID_REQUEST");
  auto both = convening_now();
  both.set_discussion_id(log_.fresh());
  expect_refused(kTriage, convene(both), "INVALID_REQUEST");
  both.clear_case_id();
  expect_refused(kTriage, convene(both), "NOT_FOUND");
}

TEST_F(DiscussionCommands, ConveneWhereTheChildIsKnownHoweverCasesAreJoined) {
  const std::string other = log_.fresh();
  const std::string cousin = log_.fresh();
  log_.know_case(other, {"education"}, {cousin});
  auto request = convening_now();
  request.set_case_id(other);
  expect_refused(kTriage, convene(request), "INVALID_REQUEST");  // not known there
  log_.join(case_, other);
  const std::string id = run(kTriage, convene(request));
  EXPECT_EQ(discussion(id).case_id, case_);
  const auto referrals = cases::family_of(*log_, case_).value().referrals;
  for (const auto& [referral_id, referral] : referrals) {
    request.set_referral_id(referral_id);
    EXPECT_EQ(discussion(run(kTriage, convene(request))).case_id, referral.case_id);
  }
}

TEST_F(DiscussionCommands, ConveneOneThatIsDue) {
  const std::string id = log_.fresh();
  run(kTriage, [&](log::UnitOfWork& unit) {
    return unit.decide<Discussion>(
        {discussion_stream(id), case_},
        Discussion::Open{.case_id = case_,
                         .referral_id = {},
                         .reason = v1::DISCUSSION_REASON_OUTCOME,
                         .decision_id = {},
                         .protection_id = {},
                         .child_ids = {ada_},
                         .unborn = false,
                         .timescale = std::string(policy::kStrategyDiscussion),
                         .counted_from = log_.clock().now()});
  });
  auto request = convening_now();
  request.clear_case_id();
  request.set_discussion_id(id);
  EXPECT_EQ(run(kTriage, convene(request)), id);
  EXPECT_TRUE(has_part("health"));
  expect_refused(kTriage, convene(request), "ALREADY_INVITED");
  gather(id);
  expect_refused(kTriage, convene(request), "DISCUSSION_NOT_DUE");
}

TEST_F(DiscussionCommands, ConcludeWithAConferenceThatWasNotHeldWhichFallsDueAgain) {
  const std::string id = begun();
  run(kSocialWorker, decide(id, single_agency()));
  const std::string first = discussion(id).enquiry.conference_id;
  const Time counted_from = conference_of(id).since;
  v1::ConferenceEvent not_held;
  not_held.mutable_not_held()->set_reason("She was at her father's.");
  to_proto(log_.clock().now(), not_held.mutable_not_held()->mutable_decided_at());
  log_.append(conference_stream(first), case_, not_held);
  run(kSocialWorker, conclude(id, "initial-conference"));
  EXPECT_NE(discussion(id).enquiry.conference_id, first);
  const Conference::State again = conference_of(id);
  EXPECT_EQ(again.stage, v1::CONFERENCE_STAGE_DUE);
  EXPECT_EQ(again.kind, v1::CONFERENCE_KIND_INITIAL);
  EXPECT_EQ(again.child_ids, std::vector<std::string>{ada_});
  EXPECT_EQ(again.discussion_id, id);
  EXPECT_EQ(again.since, counted_from);
}

TEST_F(DiscussionCommands, ConcludeWithAConferenceThatIsDueWhichStaysSo) {
  const std::string id = begun();
  run(kSocialWorker, decide(id, single_agency()));
  const std::string first = discussion(id).enquiry.conference_id;
  run(kSocialWorker, conclude(id, "initial-conference"));
  EXPECT_EQ(discussion(id).enquiry.conference_id, first);
}

TEST_F(DiscussionCommands, InviteNobodyWhoIsBarredMeanwhile) {
  const std::string id = run(kTriage, convene(convening_now()));
  v1::InviteParticipantRequest request;
  request.set_discussion_id(id);
  *request.mutable_invitation() = invitation("education", "education", "t-3");
  const log::Work invite = [&](log::UnitOfWork& unit) { return invite_participant(unit, request); };
  const auto refused = log_.attempt(
      kTriage, StrategyLog::interrupted(invite, [&] {
        log_.happen_to_case(
            case_, "barred { bar { practitioner { agency: 'education' practitioner: 't-3' } } }");
      }));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "PRACTITIONER_BARRED");
  request.mutable_invitation()->set_practitioner("t-4");
  run(kTriage, invite);
  EXPECT_TRUE(discussion(id).is_invited("education"));
}

TEST_F(DiscussionCommands, AreForNobodyWhoIsBarred) {
  const std::string id = run(kTriage, convene(convening_now()));
  auto request = proto<v1::AnswerInvitationRequest>("answer: INVITATION_ANSWER_ACCEPTED");
  request.set_discussion_id(id);
  request.set_participant_id(discussion(id).participants[1].id);
  const log::Work answer = [&](log::UnitOfWork& unit) { return answer_invitation(unit, request); };
  log_.happen_to_case(case_,
                      "barred { bar { practitioner { agency: 'police' practitioner: 'p-17' } } }");
  expect_refused(kPolice, answer, "NOT_FOUND");
  run({"police", "pol-01", "p-18", "practitioner"}, answer);
}

TEST_F(DiscussionCommands, HaveTheConferenceOfEnquiriesFallDueFromTheBeginning) {
  const std::string id = begun();
  const Time started_at = *discussion(id).sittings[0].started_at;
  log_.clock().advance(std::chrono::hours(2));
  run(kSocialWorker, decide(id, single_agency()));
  const Conference::State conference = conference_of(id);
  EXPECT_EQ(conference.kind, v1::CONFERENCE_KIND_INITIAL);
  EXPECT_EQ(conference.stage, v1::CONFERENCE_STAGE_DUE);
  EXPECT_EQ(conference.case_id, case_);
  EXPECT_EQ(conference.discussion_id, id);
  EXPECT_EQ(conference.child_ids, std::vector<std::string>{ada_});
  ASSERT_EQ(conference.clocks.all().size(), 1u);
  EXPECT_EQ(conference.clocks.all()[0].deadline.start, started_at);
  EXPECT_EQ(conference.clocks.all()[0].deadline.kind, policy::kInitialConference);

  const uint64_t size = log_->size();
  run(kSocialWorker, decide(id, going_on()));  // no other conference
  EXPECT_EQ(log_->size(), size + 1);
}

TEST_F(DiscussionCommands, HaveTheConferenceCountedAnewWhereThePackCountsFromTheLast) {
  const std::string id = begun();
  run_under(pack_counting_from_last(), kSocialWorker, decide(id, single_agency()));
  const Time first_due = conference_of(id).clocks.all()[0].deadline.due;
  EXPECT_EQ(conference_of(id).clocks.all()[0].deadline.start,
            discussion(id).sittings[0].started_at);
  const std::string conference_id = discussion(id).enquiry.conference_id;
  run(kManager, close(id));
  log_.clock().advance(std::chrono::hours(72));
  auto request = Course::reconvening(to_rfc3339(log_.clock().now()));
  request.set_discussion_id(id);
  run(kManager, [&](log::UnitOfWork& unit) { return reconvene_discussion(unit, request); });
  gather(id);
  run_under(pack_counting_from_last(), kSocialWorker, decide(id, going_on()));
  EXPECT_EQ(discussion(id).enquiry.conference_id, conference_id);
  const auto clock = conference_of(id).clocks.all().back();
  EXPECT_EQ(clock.deadline.start, discussion(id).sittings[1].started_at);
  EXPECT_GT(clock.deadline.due, first_due);
}

TEST_F(DiscussionCommands, HaveNoConferenceFallDueWithoutEnquiries) {
  const std::string id = begun();
  const uint64_t size = log_->size();
  run(kSocialWorker, decide(id, no_grounds()));
  EXPECT_EQ(log_->size(), size + 1);
  EXPECT_TRUE(discussion(id).enquiry.conference_id.empty());
}

TEST_F(DiscussionCommands, HaveAPreBirthConferenceFallDueOfAnUnbornChild) {
  auto request = convening_now();
  request.set_unborn(true);
  *request.add_invitations() = invitation("health", "maternity", "n-7");
  const std::string id = begun(request);
  run(kSocialWorker, decide(id, single_agency()));
  EXPECT_EQ(conference_of(id).kind, v1::CONFERENCE_KIND_PRE_BIRTH);
}

TEST_F(DiscussionCommands, CallTheConferenceOffWhereEnquiriesEndOtherwise) {
  const std::string id = begun();
  run(kSocialWorker, decide(id, single_agency()));
  run(kSocialWorker, conclude(id, "section-17-services"));
  EXPECT_EQ(conference_of(id).stage, v1::CONFERENCE_STAGE_NOT_HELD);
  expect_refused(kSocialWorker, conclude(id, "section-17-services"), "ENQUIRY_CONCLUDED");
}

TEST_F(DiscussionCommands, KeepTheConferenceWhereConcernsAreSubstantiated) {
  const std::string id = begun();
  run(kSocialWorker, decide(id, single_agency()));
  run(kSocialWorker, conclude(id, "initial-conference"));
  EXPECT_EQ(conference_of(id).stage, v1::CONFERENCE_STAGE_DUE);
}

TEST_F(DiscussionCommands, CloseOnceWhereTwoChairsDo) {
  const std::string id = begun();
  run(kSocialWorker, decide(id, no_grounds()));
  const auto refused = log_.attempt(
      kManager, StrategyLog::interrupted(close(id), [&] { run(kSocialWorker, close(id)); }));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "DISCUSSION_NOT_IN_PROGRESS");
  EXPECT_EQ(discussion(id).stage, v1::DISCUSSION_STAGE_CLOSED);
}

TEST_F(DiscussionCommands, DecideNothingWhereSomebodyLeftMeanwhile) {
  const std::string id = begun();
  const auto refused = log_.attempt(
      kSocialWorker, StrategyLog::interrupted(decide(id, single_agency()),
                                              [&] { run(kTriage, attend(id, "health", true)); }));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "NOT_QUORATE");
  EXPECT_TRUE(discussion(id).decisions.empty());
}

TEST_F(DiscussionCommands, ReconveneAndGoOnWithTheEnquiries) {
  const std::string id = begun();
  run(kSocialWorker, decide(id, joint()));
  run(kManager, close(id));
  auto request = Course::reconvening(to_rfc3339(log_.clock().now() + std::chrono::hours(1)));
  request.set_discussion_id(id);
  run(kManager, [&](log::UnitOfWork& unit) { return reconvene_discussion(unit, request); });
  log_.clock().advance(std::chrono::hours(1));
  gather(id);
  run(kSocialWorker, decide(id, going_on()));
  EXPECT_EQ(discussion(id).sitting(), 2u);
  EXPECT_EQ(discussion(id).decisions.size(), 2u);
}

TEST_F(DiscussionCommands, PutOffTheDeadlineOfADiscussionOrOfAConference) {
  const std::string id = begun();
  run(kSocialWorker, decide(id, single_agency()));
  auto action = Course::action("police");
  action.set_discussion_id(id);
  run(kSocialWorker, [&](log::UnitOfWork& unit) { return assign_action(unit, action); });
  auto request = proto<v1::ExtendDeadlineRequest>("reasons: 'The doctor is away.'");
  to_proto(log_.clock().now() + std::chrono::days(40), request.mutable_due());
  const log::Work extend = [&](log::UnitOfWork& unit) { return extend_deadline(unit, request); };
  expect_refused(kSocialWorker, extend, "INVALID_REQUEST");
  request.set_discussion_id(id);
  request.set_kind(std::string(policy::kDiscussionAction));
  request.set_id(discussion(id).actions[0].id);
  run(kSocialWorker, extend);
  request.set_conference_id(discussion(id).enquiry.conference_id);
  expect_refused(kSocialWorker, extend, "INVALID_REQUEST");
  request.clear_discussion_id();
  request.clear_id();
  request.set_kind(std::string(policy::kInitialConference));
  run(kSocialWorker, extend);
  EXPECT_TRUE(conference_of(id).clocks.all()[0].deadline.extended());
}

}  // namespace
}  // namespace mash::strategy
