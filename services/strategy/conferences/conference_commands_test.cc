#include "strategy/conferences/conference_commands.h"

#include <gtest/gtest.h>

#include "policy/pack.h"
#include "strategy/children/child.h"
#include "strategy/testing/conferences.h"
#include "strategy/testing/strategy_log.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

class ConferenceCommands : public ::testing::Test {
 protected:
  ConferenceCommands() { log_.know_case(case_, {"education", "police"}, {ada_, ben_}); }

  // A conference about the children that a discussion an hour ago made due.
  std::string fall_due(const std::vector<std::string>& children) {
    const std::string id = log_.fresh();
    log_.run(kSocialWorker, [&](log::UnitOfWork& unit) {
      return unit.decide<Conference>(
          {conference_stream(id), case_},
          Conference::FallDue{.kind = v1::CONFERENCE_KIND_INITIAL,
                              .case_id = case_,
                              .child_ids = children,
                              .timescale = std::string(policy::kInitialConference),
                              .counted_from = unit.context().now - std::chrono::hours(1)});
    });
    return id;
  }

  static log::Work recording(v1::RecordConferenceRequest request) {
    return [request = std::move(request)](log::UnitOfWork& unit) {
      return record_conference(unit, request);
    };
  }
  // It was held a moment ago, and decided so.
  v1::RecordConferenceRequest held_now(const std::string& id,
                                       const std::vector<v1::ChildOutcome>& outcomes) {
    auto request = held(to_rfc3339(log_.clock().now()), outcomes);
    request.set_conference_id(id);
    return request;
  }
  log::Work holding(const std::string& id, const std::vector<v1::ChildOutcome>& outcomes) {
    return recording(held_now(id, outcomes));
  }

  log::Work opening(const std::string& child_id) {
    v1::ScheduleConferenceRequest request;
    request.set_case_id(case_);
    request.set_kind(v1::CONFERENCE_KIND_TRANSFER_IN);
    request.add_child_ids(child_id);
    to_proto(log_.clock().now(), request.mutable_counted_from());
    return [request](log::UnitOfWork& unit) { return schedule_conference(unit, request); };
  }
  log::Work giving_a_date(const std::string& id) {
    v1::ScheduleConferenceRequest request;
    request.set_conference_id(id);
    to_proto(log_.clock().now() + std::chrono::days(7), request.mutable_scheduled_at());
    return [request](log::UnitOfWork& unit) { return schedule_conference(unit, request); };
  }
  log::Work asking(const std::string& child_id) {
    auto request = proto<v1::RequestConferenceRequest>("reason: 'She is not safe.'");
    request.set_case_id(case_);
    request.add_child_ids(child_id);
    return
        [this, request](log::UnitOfWork& unit) { return request_conference(unit, *log_, request); };
  }

  Conference::State conference(const std::string& id) {
    return log_.state<Conference>(conference_stream(id));
  }
  bool on_plan(const std::string& child_id) {
    return log_.state<Child>(child_stream(case_, child_id)).on_plan();
  }
  // The conferences that a recorded one made due.
  std::vector<std::string> next_of(const std::string& id) {
    const auto history = log_->read_stream(conference_stream(id)).value();
    const auto events = log::public_events<v1::ConferenceEvent>(history.records).value();
    const auto& ids = events.back().held().next_conference_ids();
    return {ids.begin(), ids.end()};
  }

  StrategyLog log_;
  const std::string case_ = log_.fresh();
  const std::string ada_ = log_.fresh();
  const std::string ben_ = log_.fresh();
};

TEST_F(ConferenceCommands, StartPlansWithWhatBecomesDueInOneAppend) {
  const std::string id = fall_due({ada_, ben_});
  const auto appended =
      log_.attempt(kSocialWorker, holding(id, {outcome(ada_, v1::PLAN_DECISION_STARTS),
                                               outcome(ben_, v1::PLAN_DECISION_NONE)}));
  ASSERT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
  EXPECT_EQ(appended->events.size(), 4U);  // held, core group, review, plan
  EXPECT_TRUE(on_plan(ada_));
  EXPECT_FALSE(on_plan(ben_));
  const auto next = next_of(id);
  ASSERT_EQ(next.size(), 2U);
  EXPECT_EQ(conference(next[0]).kind, v1::CONFERENCE_KIND_CORE_GROUP);
  const Conference::State review = conference(next[1]);
  EXPECT_EQ(review.kind, v1::CONFERENCE_KIND_REVIEW);
  EXPECT_EQ(review.child_ids, std::vector<std::string>{ada_});
  EXPECT_EQ(review.follows, id);
  EXPECT_EQ(review.stage, v1::CONFERENCE_STAGE_DUE);
}

TEST_F(ConferenceCommands, GoOnWithPlansAndEndThemAtReviews) {
  const std::string id = fall_due({ada_, ben_});
  log_.run(kSocialWorker, holding(id, {outcome(ada_, v1::PLAN_DECISION_STARTS),
                                       outcome(ben_, v1::PLAN_DECISION_STARTS)}));
  const std::string first = next_of(id)[1];
  log_.run(kSocialWorker, holding(first, {outcome(ada_, v1::PLAN_DECISION_CONTINUES),
                                          outcome(ben_, v1::PLAN_DECISION_ENDS)}));
  EXPECT_TRUE(on_plan(ada_));
  EXPECT_FALSE(on_plan(ben_));
  ASSERT_EQ(next_of(first).size(), 1U);
  const std::string second = next_of(first)[0];
  EXPECT_EQ(conference(second).child_ids, std::vector<std::string>{ada_});
  log_.run(kSocialWorker, holding(second, {outcome(ada_, v1::PLAN_DECISION_ENDS)}));
  EXPECT_FALSE(on_plan(ada_));
  EXPECT_TRUE(next_of(second).empty());
}

TEST_F(ConferenceCommands, LeaveNothingBehindWhereOneChildsPlanDoesNotFit) {
  const std::string id = fall_due({ada_, ben_});
  log_.expect_refused(kSocialWorker,
                      holding(id, {outcome(ada_, v1::PLAN_DECISION_STARTS),
                                   outcome(ben_, v1::PLAN_DECISION_CONTINUES)}),
                      "PLAN_MISMATCH");
  EXPECT_FALSE(on_plan(ada_));
}

TEST_F(ConferenceCommands, OfTwoConferencesAtOnceHaveOneStartThePlan) {
  const std::string one = fall_due({ada_});
  const std::string other = fall_due({ada_});
  const auto starts = [&](const std::string& id) {
    return holding(id, {outcome(ada_, v1::PLAN_DECISION_STARTS)});
  };
  const auto refused = log_.attempt(kSocialWorker, StrategyLog::interrupted(starts(one), [&] {
                                      log_.run(kSocialWorker, starts(other));
                                    }));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "PLAN_MISMATCH");
  EXPECT_TRUE(conference(one).open());
}

TEST_F(ConferenceCommands, SeeAPlanOfTheSameChildUnderAnotherId) {
  log_.run(kSocialWorker, holding(fall_due({ada_}), {outcome(ada_, v1::PLAN_DECISION_STARTS)}));
  log_.hold_to_be_same(ada_, ben_);
  const std::string id = fall_due({ben_});
  log_.expect_refused(kSocialWorker, holding(id, {outcome(ben_, v1::PLAN_DECISION_STARTS)}),
                      "PLAN_MISMATCH");
  log_.run(kSocialWorker, holding(id, {outcome(ben_, v1::PLAN_DECISION_CONTINUES)}));
  EXPECT_TRUE(next_of(id).empty());
}

TEST_F(ConferenceCommands, ReviewPlansOfAChildWhoseCaseWasPartedSince) {
  const std::string other_case = log_.fresh();
  const std::string cousin = log_.fresh();
  log_.know_case(other_case, {"health"}, {cousin});
  log_.join(other_case, case_);
  const std::string id = fall_due({ada_, cousin});
  log_.run(kSocialWorker, holding(id, {outcome(ada_, v1::PLAN_DECISION_STARTS),
                                       outcome(cousin, v1::PLAN_DECISION_STARTS)}));
  EXPECT_TRUE(log_.state<Child>(child_stream(other_case, cousin)).on_plan());
  log_.part(other_case, case_);
  log_.run(kSocialWorker, holding(next_of(id)[1], {outcome(ada_, v1::PLAN_DECISION_ENDS),
                                                   outcome(cousin, v1::PLAN_DECISION_ENDS)}));
  EXPECT_FALSE(log_.state<Child>(child_stream(other_case, cousin)).on_plan());
}

TEST_F(ConferenceCommands, LeaveThePlanInACaseThatTheCallerMayNotKnowOf) {
  const std::string restricted = log_.fresh();
  log_.know_case(restricted, {"health"}, {ada_});
  v1::ChildEvent running;
  running.mutable_plan_started()->set_conference_id(log_.fresh());
  log_.append(child_stream(restricted, ada_), restricted, running);
  log_.happen_to_case(restricted, "restricted {}");
  const std::string id = fall_due({ada_});
  log_.run(kSocialWorker, holding(id, {outcome(ada_, v1::PLAN_DECISION_STARTS)}));
  EXPECT_TRUE(on_plan(ada_));
  log_.run(kSocialWorker, holding(next_of(id)[1], {outcome(ada_, v1::PLAN_DECISION_ENDS)}));
  EXPECT_FALSE(on_plan(ada_));
  EXPECT_TRUE(log_.state<Child>(child_stream(restricted, ada_)).on_plan());
}

TEST_F(ConferenceCommands, EndThePlanOfTheSameChildUnderAnotherIdWhereItRuns) {
  const std::string id = fall_due({ada_});
  log_.run(kSocialWorker, holding(id, {outcome(ada_, v1::PLAN_DECISION_STARTS)}));
  log_.hold_to_be_same(ada_, ben_);
  const std::string review = log_.fresh();
  log_.run(kSocialWorker, [&](log::UnitOfWork& unit) {
    return unit.decide<Conference>(
        {conference_stream(review), case_},
        Conference::FallDue{.kind = v1::CONFERENCE_KIND_REVIEW,
                            .case_id = case_,
                            .child_ids = {ben_},
                            .timescale = std::string(policy::kFirstReviewConference),
                            .counted_from = unit.context().now - std::chrono::hours(1)});
  });
  log_.run(kSocialWorker, holding(review, {outcome(ben_, v1::PLAN_DECISION_ENDS)}));
  EXPECT_FALSE(on_plan(ada_));
}

TEST_F(ConferenceCommands, OpenAConferenceAndGiveItADate) {
  const std::string id = log_.run(kSocialWorker, opening(ada_));
  EXPECT_EQ(conference(id).stage, v1::CONFERENCE_STAGE_DUE);
  EXPECT_EQ(conference(id).case_id, case_);
  log_.run(kSocialWorker, giving_a_date(id));
  EXPECT_EQ(conference(id).stage, v1::CONFERENCE_STAGE_SCHEDULED);
}

TEST_F(ConferenceCommands, AskForAConferenceWhichIsThenHeldAsAnInitialOne) {
  const std::string id = log_.run(kPolice, asking(ada_));
  EXPECT_EQ(conference(id).stage, v1::CONFERENCE_STAGE_REQUESTED);
  log_.run(kSocialWorker, giving_a_date(id));
  log_.run(kSocialWorker, holding(id, {outcome(ada_, v1::PLAN_DECISION_STARTS)}));
  EXPECT_TRUE(on_plan(ada_));
  EXPECT_EQ(next_of(id).size(), 2U);
}

TEST_F(ConferenceCommands, AskOnceForAsLongAsOneAboutTheChildIsOpen) {
  const std::string id = log_.run(kPolice, asking(ada_));
  log_.expect_refused(kSchool, asking(ada_), "CONFERENCE_ALREADY_OPEN");
  log_.run(kSchool, asking(ben_));
  auto no = not_held();
  no.set_conference_id(id);
  log_.run(kSocialWorker, recording(no));
  log_.run(kSchool, asking(ada_));
}

TEST_F(ConferenceCommands, EndThePlanOfAChildWhoDiedWithoutAReview) {
  const std::string id = fall_due({ada_});
  log_.run(kSocialWorker, holding(id, {outcome(ada_, v1::PLAN_DECISION_STARTS)}));
  const std::string review = next_of(id)[1];
  auto died = not_held();
  died.set_conference_id(review);
  log_.expect_refused(kSocialWorker, recording(died), "REVIEW_OWED");
  *died.add_outcomes() = outcome(ada_, v1::PLAN_DECISION_ENDS);
  died.mutable_outcomes(0)->set_end(v1::PLAN_END_DIED);
  log_.run(kSocialWorker, recording(died));
  EXPECT_FALSE(on_plan(ada_));
  EXPECT_EQ(conference(review).stage, v1::CONFERENCE_STAGE_NOT_HELD);
}

TEST_F(ConferenceCommands, AreNotFoundForStrangersAndForWhatIsNotThere) {
  const std::string id = fall_due({ada_});
  const auto none = holding(id, {outcome(ada_, v1::PLAN_DECISION_NONE)});
  log_.expect_refused(kPolice, none, "NOT_FOUND");
  log_.expect_refused(kHealth, none, "NOT_FOUND");
  log_.expect_refused(kSocialWorker, holding(log_.fresh(), {outcome(ada_, v1::PLAN_DECISION_NONE)}),
                      "NOT_FOUND");
  log_.expect_refused(kSocialWorker, giving_a_date(log_.fresh()), "NOT_FOUND");
  log_.expect_refused(kPolice, giving_a_date(id), "NOT_FOUND");
  log_.expect_refused(kPolice, opening(ada_), "NOT_FOUND");
  log_.expect_refused(kHealth, asking(ada_), "NOT_FOUND");
  log_.happen_to_case(case_, "restricted {}");
  log_.expect_refused(kSocialWorker, none, "NOT_FOUND");
}

TEST_F(ConferenceCommands, NameNobodyWhoIsUnknownInTheCase) {
  log_.expect_refused(kSocialWorker, opening(log_.fresh()), "INVALID_REQUEST");
  log_.expect_refused(kPolice, asking(log_.fresh()), "INVALID_REQUEST");
}

}  // namespace
}  // namespace mash::strategy
