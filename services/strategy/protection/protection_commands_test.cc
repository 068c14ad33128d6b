#include "strategy/protection/protection_commands.h"

#include <gtest/gtest.h>

#include "cases/case_guard.h"
#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/protection/protection.h"
#include "strategy/testing/protections.h"
#include "strategy/testing/strategy_log.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

class ProtectionCommands : public ::testing::Test {
 protected:
  ProtectionCommands() { log_.know_case(case_, {"education", "police"}, {ada_, ben_}); }

  v1::RecordProtectionRequest about(const std::string& child_id, v1::ProtectionKind kind) const {
    auto request = protect(kind, kSince);
    request.set_case_id(case_);
    request.clear_child_ids();
    request.add_child_ids(child_id);
    return request;
  }
  v1::RecordProtectionRequest order_for(const std::string& child_id) const {
    return about(child_id, v1::PROTECTION_KIND_EMERGENCY_PROTECTION_ORDER);
  }
  log::Work recording(v1::RecordProtectionRequest request) {
    return [request = std::move(request)](log::UnitOfWork& unit) {
      return record_protection(unit, request);
    };
  }

  // A discussion about the child, of which this happened besides.
  std::string discussion(const std::string& child_id, const char* began = nullptr) {
    const std::string id = log_.fresh();
    v1::DiscussionEvent opened;
    opened.mutable_opened()->set_case_id(case_);
    opened.mutable_opened()->add_child_ids(child_id);
    log_.append(discussion_stream(id), case_, opened);
    v1::CaseDiscussionsEvent known;
    known.mutable_opened()->set_discussion_id(id);
    log_.append(case_discussions_stream(case_), case_, known);
    if (began == nullptr) return id;
    v1::DiscussionEvent convened;
    convened.mutable_convened()->set_sitting(1);
    convened.mutable_convened()->add_child_ids(child_id);
    log_.append(discussion_stream(id), case_, convened);
    v1::DiscussionEvent started;
    started.mutable_started()->set_sitting(1);
    to_proto(utc(began), started.mutable_started()->mutable_started_at());
    log_.append(discussion_stream(id), case_, started);
    return id;
  }
  void close(const std::string& discussion_id) {
    v1::DiscussionEvent closed;
    closed.mutable_closed()->set_sitting(1);
    log_.append(discussion_stream(discussion_id), case_, closed);
  }

  Protection::State protection(const std::string& id) {
    return log_.state<Protection>(protection_stream(id));
  }

  static constexpr char kSince[] = "2026-11-25T08:00:00Z";
  StrategyLog log_;
  const std::string case_ = log_.fresh();
  const std::string ada_ = log_.fresh();
  const std::string ben_ = log_.fresh();
};

TEST_F(ProtectionCommands, MakeAnUrgentDiscussionDueWhereAnAgencyActedAlone) {
  const std::string id =
      log_.run(kPolice, recording(about(ada_, v1::PROTECTION_KIND_POLICE_PROTECTION)));
  const Protection::State recorded = protection(id);
  EXPECT_EQ(recorded.agency, "police");
  const auto opened = log_.state<Discussion>(discussion_stream(recorded.discussion_id));
  EXPECT_EQ(opened.stage, v1::DISCUSSION_STAGE_DUE);
  EXPECT_EQ(opened.reason, v1::DISCUSSION_REASON_PROTECTION);
  EXPECT_EQ(opened.case_id, case_);
  EXPECT_EQ(opened.child_ids, std::vector<std::string>{ada_});
  const clocks::Clock* clock = opened.clocks.find(policy::kStrategyDiscussionUrgent);
  ASSERT_NE(clock, nullptr);
  EXPECT_EQ(clock->deadline.start, utc(kSince));
}

TEST_F(ProtectionCommands, LeaveItAtADiscussionAboutTheChildThatIsNotOver) {
  const std::string open = discussion(ada_);
  EXPECT_EQ(protection(log_.run(kSocialWorker, recording(order_for(ada_)))).discussion_id, open);
  EXPECT_NE(protection(log_.run(kSocialWorker, recording(order_for(ben_)))).discussion_id, open)
      << "it is about another child";
}

TEST_F(ProtectionCommands, MakeAnotherDueWhereTheDiscussionIsOver) {
  const std::string over = discussion(ada_, "2026-11-24T10:00:00Z");
  close(over);
  const auto recorded = protection(log_.run(kSocialWorker, recording(order_for(ada_))));
  EXPECT_NE(recorded.discussion_id, over);
  EXPECT_EQ(log_.state<Discussion>(discussion_stream(recorded.discussion_id)).stage,
            v1::DISCUSSION_STAGE_DUE);
}

TEST_F(ProtectionCommands, NameTheDiscussionThatPlannedItWhichBeganBefore) {
  auto request = order_for(ada_);
  request.clear_acted_alone();
  request.set_discussion_id(discussion(ada_, "2026-11-25T07:00:00Z"));
  const std::string id = log_.run(kSocialWorker, recording(request));
  EXPECT_EQ(protection(id).discussion_id, request.discussion_id());
  request.set_discussion_id(discussion(ada_, "2026-11-25T08:00:01Z"));
  log_.expect_refused(kSocialWorker, recording(request), "DISCUSSION_NOT_STARTED");
  request.set_discussion_id(discussion(ada_));
  log_.expect_refused(kSocialWorker, recording(request), "DISCUSSION_NOT_STARTED");
}

TEST_F(ProtectionCommands, NameNoDiscussionOfAnotherFamily) {
  const std::string strangers = log_.fresh();
  log_.know_case(strangers, {"education"}, {log_.fresh()});
  v1::DiscussionEvent opened;
  opened.mutable_opened()->set_case_id(strangers);
  const std::string theirs = log_.fresh();
  log_.append(discussion_stream(theirs), strangers, opened);
  auto request = order_for(ada_);
  request.clear_acted_alone();
  for (const std::string& id : {theirs, log_.fresh()}) {
    request.set_discussion_id(id);
    log_.expect_refused(kSocialWorker, recording(request), "INVALID_REQUEST");
  }
}

TEST_F(ProtectionCommands, GiveTheAgencyThatTheHubSaysActedAPartInTheCase) {
  auto request = order_for(ada_);
  request.set_agency("health");
  log_.expect_refused(kHealth, recording(order_for(ada_)), "NOT_FOUND");
  const std::string id = log_.run(kSocialWorker, recording(request));
  EXPECT_EQ(protection(id).agency, "health");
  EXPECT_TRUE(cases::family_of(*log_, case_)->has_part("health"));
  const auto end = proto<v1::EndProtectionRequest>(
      "end: PROTECTION_END_RETURNED text: 'She is at home, and safe.'");
  const log::Work ending = [&](log::UnitOfWork& unit) {
    return unit.decide<Protection>({protection_stream(id)}, end);
  };
  log_.expect_refused(kPolice, ending, "NOT_FOUND");
  log_.run(kHealth, ending);
  EXPECT_TRUE(protection(id).ended());
}

TEST_F(ProtectionCommands, AreNotFoundForStrangersForAuditorsAndWhereTheCaseIsRestricted) {
  log_.expect_refused(kHealth, recording(order_for(ada_)), "NOT_FOUND");
  log_.expect_refused(kAuditor, recording(order_for(ada_)), "NOT_FOUND");
  log_.happen_to_case(case_, "restricted {}");
  log_.expect_refused(kSocialWorker, recording(order_for(ada_)), "NOT_FOUND");
}

TEST_F(ProtectionCommands, LeaveNothingBehindWhereARuleIsBroken) {
  auto request = about(ada_, v1::PROTECTION_KIND_POLICE_PROTECTION);
  log_.expect_refused(kSchool, recording(request), "NOT_THE_POLICE");
  request.add_child_ids(log_.fresh());
  log_.expect_refused(kPolice, recording(request), "INVALID_REQUEST");
}

}  // namespace
}  // namespace mash::strategy
