#include "strategy/children/child_commands.h"

#include <gtest/gtest.h>

#include "strategy/children/child.h"
#include "strategy/testing/strategy_log.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

class ChildCommands : public ::testing::Test {
 protected:
  ChildCommands() { log_.know_case(case_, {"education", "police"}, {child_}); }

  log::Work flagging(const std::string& case_id, const std::string& child_id) {
    auto request = proto<v1::FlagMissingRequest>("details: 'Last seen at school.'");
    request.set_case_id(case_id);
    request.set_child_id(child_id);
    to_proto(log_.clock().now(), request.mutable_missing_since());
    return [request](log::UnitOfWork& unit) { return flag_missing(unit, request); };
  }
  log::Work clearing(const std::string& case_id, const std::string& child_id) {
    auto request = proto<v1::ClearMissingRequest>("details: 'At her aunt\\'s.'");
    request.set_case_id(case_id);
    request.set_child_id(child_id);
    return [request](log::UnitOfWork& unit) { return clear_missing(unit, request); };
  }
  void start_plan(const std::string& case_id, const std::string& child_id) {
    v1::ChildEvent event;
    to_proto(utc("2026-11-20T10:00:00Z"), event.mutable_plan_started()->mutable_started_at());
    log_.append(child_stream(case_id, child_id), case_id, event);
  }
  // Whether the flag that was put up last says that a plan runs.
  bool flagged_on_plan(const std::string& case_id, const std::string& child_id) {
    const auto history = log_->read_stream(child_stream(case_id, child_id)).value();
    return log::public_events<v1::ChildEvent>(history.records)->back().flagged_missing().on_plan();
  }
  Child::State child() { return log_.state<Child>(child_stream(case_, child_)); }

  StrategyLog log_;
  const std::string case_ = log_.fresh();
  const std::string child_ = log_.fresh();
};

TEST_F(ChildCommands, PutTheFlagUpAndTakeItDownForAgenciesWithAPartInTheCase) {
  log_.run(kPolice, flagging(case_, child_));
  EXPECT_TRUE(child().missing);
  log_.run(kSchool, clearing(case_, child_));
  EXPECT_FALSE(child().missing);
  log_.run(kTriage, flagging(case_, child_));
  EXPECT_TRUE(child().missing);
}

TEST_F(ChildCommands, AreNotFoundForStrangersForAuditorsAndForUnknownChildren) {
  log_.expect_refused(kHealth, flagging(case_, child_), "NOT_FOUND");
  log_.expect_refused(kAuditor, flagging(case_, child_), "NOT_FOUND");
  log_.expect_refused(kPolice, flagging(log_.fresh(), child_), "NOT_FOUND");
  log_.expect_refused(kPolice, flagging(case_, log_.fresh()), "NOT_FOUND");
  log_.expect_refused(kHealth, clearing(case_, child_), "NOT_FOUND");
}

TEST_F(ChildCommands, AreAboutChildrenAndNotAboutWhoeverElseAContactNamed) {
  const std::string father = log_.fresh();
  cases::v1::KnownCaseEvent told;
  told.mutable_referral()->set_referral_id(log_.fresh());
  auto& contact = *told.mutable_referral()->mutable_event()->mutable_contact_received();
  contact.set_case_id(case_);
  contact.set_agency("police");
  contact.add_child_ids(child_);
  contact.add_person_ids(father);
  log_.append(cases::case_stream(case_), case_, told);
  log_.expect_refused(kPolice, flagging(case_, father), "NOT_FOUND");
}

TEST_F(ChildCommands, AreNotFoundForWhoeverIsBarredFromTheCase) {
  log_.happen_to_case(case_,
                      "barred { bar { practitioner { agency: 'police' practitioner: 'p-17' } } }");
  log_.expect_refused(kPolice, flagging(case_, child_), "NOT_FOUND");
}

TEST_F(ChildCommands, SayWhetherAPlanRuns) {
  log_.run(kPolice, flagging(case_, child_));
  EXPECT_FALSE(flagged_on_plan(case_, child_));
  log_.run(kPolice, clearing(case_, child_));
  start_plan(case_, child_);
  log_.run(kPolice, flagging(case_, child_));
  EXPECT_TRUE(flagged_on_plan(case_, child_));
}

TEST_F(ChildCommands, SayThatAPlanRunsForTheSameChildUnderAnotherIdInWhatTheCaseIsJoinedWith) {
  const std::string other_case = log_.fresh();
  const std::string other = log_.fresh();
  log_.know_case(other_case, {"education"}, {other});
  start_plan(other_case, other);
  log_.hold_to_be_same(child_, other);
  log_.run(kPolice, flagging(case_, child_));
  EXPECT_FALSE(flagged_on_plan(case_, child_)) << "a case that the caller need not know of";
  log_.run(kPolice, clearing(case_, child_));
  log_.join(other_case, case_);
  log_.run(kPolice, flagging(case_, child_));
  EXPECT_TRUE(flagged_on_plan(case_, child_));
}

TEST_F(ChildCommands, KeepAChildWhereItsContactLiesWhateverThatIsJoinedWith) {
  const std::string head = log_.fresh();
  log_.know_case(head, {"health"}, {log_.fresh()});
  log_.join(case_, head);
  log_.run(kHealth, flagging(head, child_));
  EXPECT_TRUE(child().missing);
  log_.part(case_, head);
  log_.run(kSchool, clearing(case_, child_));
  EXPECT_FALSE(child().missing);
}

TEST_F(ChildCommands, OfAChildNamedInARestrictedCaseTooSayNothingOfThatAndLeaveItAsItIs) {
  const std::string restricted = log_.fresh();
  log_.know_case(restricted, {"health"}, {child_});
  start_plan(restricted, child_);
  log_.run(kHealth, flagging(restricted, child_));
  log_.happen_to_case(restricted, "restricted {}");
  log_.run(kPolice, flagging(case_, child_));
  EXPECT_FALSE(flagged_on_plan(case_, child_));
  EXPECT_EQ(child().missing->agency, "police");
  log_.run(kSchool, clearing(case_, child_));
  EXPECT_FALSE(child().missing);
  EXPECT_TRUE(log_.state<Child>(child_stream(restricted, child_)).missing);
}

TEST_F(ChildCommands, FindTheFlagOfTheSameChildUnderAnotherIdInTheFamily) {
  const std::string other = log_.fresh();
  const std::string other_case = log_.fresh();
  log_.know_case(other_case, {"health"}, {other});
  log_.hold_to_be_same(child_, other);
  log_.run(kHealth, flagging(other_case, other));
  log_.expect_refused(kPolice, clearing(case_, child_), "NOT_MISSING");
  log_.join(other_case, case_);
  log_.run(kPolice, clearing(case_, child_));
  EXPECT_FALSE(log_.state<Child>(child_stream(other_case, other)).missing);
}

TEST_F(ChildCommands, OfTwoAgenciesAtOnceHaveTheFirstPutTheFlagUp) {
  const auto refused = log_.attempt(kPolice, StrategyLog::interrupted(flagging(case_, child_), [&] {
                                      log_.run(kSchool, flagging(case_, child_));
                                    }));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "ALREADY_MISSING");
  EXPECT_EQ(child().missing->agency, "education");
}

}  // namespace
}  // namespace mash::strategy
