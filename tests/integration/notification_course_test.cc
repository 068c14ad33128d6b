#include <gmock/gmock.h>

#include <algorithm>

#include "integration/grpc_helpers.h"
#include "integration/strategy_case.h"
#include "mash/notification/v1/notification_service.grpc.pb.h"

// Who is told what, over real gRPC: from what happens in a case to the agency's word that it knows.
namespace mash::testing {
namespace {

using notification::v1::NotificationService;
using referral::v1::ReferralService;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Inbox = std::vector<notification::v1::InboxNotice>;

const Caller kOtherTriage{"social-care", "to-2", "triage-officer"};

class ToldOf : public StrategyCase {
 protected:
  Inbox inbox_now(const Caller& caller, const std::string& more = "") {
    const auto page = done(caller, &NotificationService::Stub::ListInbox,
                           message<notification::v1::ListInboxRequest>(more));
    return {page.notices().begin(), page.notices().end()};
  }
  // The caller's inbox, newest first, once it holds that many.
  Inbox inbox(const Caller& caller, std::size_t count) {
    EXPECT_TRUE(eventually([&] { return inbox_now(caller).size() >= count; }));
    Inbox inbox = inbox_now(caller);
    EXPECT_THAT(inbox, SizeIs(count));
    return inbox;
  }
  // Rules of the caller's notices that `are` so, once there is one.
  std::vector<std::string> rules_where(
      const Caller& caller, const std::function<bool(const notification::v1::Notice&)>& are) {
    std::vector<std::string> rules;
    EXPECT_TRUE(eventually([&] {
      for (const auto& each : inbox_now(caller))
        if (are(each.notice())) rules.push_back(each.notice().rule());
      return !rules.empty();
    }));
    return rules;
  }
  static std::vector<std::string> rules_of(const Inbox& inbox) {
    std::vector<std::string> rules;
    for (const auto& each : inbox) rules.push_back(each.notice().rule());
    return rules;
  }
  // Those that nobody has acknowledged nor done: "child-found for p-1".
  static std::vector<std::string> open_of(const Inbox& inbox) {
    std::vector<std::string> open;
    for (const auto& each : inbox)
      if (each.state() == notification::v1::NOTICE_STATE_OPEN)
        open.push_back(each.notice().rule() + " for " + each.notice().practitioner());
    return open;
  }
  std::string acknowledge(const Caller& caller, const std::string& notice_id) {
    notification::v1::AcknowledgeNoticeRequest request;
    request.set_notice_id(notice_id);
    return told(call(caller, &NotificationService::Stub::AcknowledgeNotice, request));
  }
  // What one subscription says from a cursor on, until it has said so much.
  struct Subscription {
    std::vector<std::string> notice_ids;
    uint64_t cursor = 0;
  };
  Subscription subscribed(const Caller& caller, uint64_t after, std::size_t count) {
    NotificationService::Stub stub(hub_.channel(caller.agency));
    grpc::ClientContext context;
    TestHub::dress(context, caller);
    notification::v1::SubscribeRequest request;
    request.set_after(after);
    const auto reader = stub.Subscribe(&context, request);
    Subscription heard;
    notification::v1::SubscribeResponse response;
    while (heard.notice_ids.size() < count && reader->Read(&response)) {
      for (const auto& each : response.notices())
        heard.notice_ids.push_back(each.notice().notice_id());
      heard.cursor = response.cursor();
    }
    context.TryCancel();
    reader->Finish();
    return heard;
  }
};

TEST_F(ToldOf, AContactIsInTheHubsInboxAndInNobodyElses) {
  const Inbox hub = inbox(kTriage, 1);
  ASSERT_THAT(hub, SizeIs(1));
  const auto& notice = hub.front().notice();
  EXPECT_EQ(notice.rule(), "contact-received");
  EXPECT_EQ(notice.case_id(), case_id);
  EXPECT_EQ(notice.about(0).id(), referral_id);
  EXPECT_EQ(notice.urgency(), notification::v1::URGENCY_URGENT);
  EXPECT_TRUE(notice.has_acknowledge_by());
  EXPECT_THAT(inbox_now(kPolice), IsEmpty()) << "who told of it";
  EXPECT_THAT(inbox_now(kHealth), IsEmpty());
}

TEST_F(ToldOf, WhatHappensToItIsInTheSendersInbox) {
  inbox(kTriage, 1);
  decide_referral("section-17-assessment");
  EXPECT_THAT(rules_of(inbox(kPolice, 2)),
              UnorderedElementsAre("contact-accepted", "referral-decided"));
}

TEST_F(ToldOf, ANoticeIsAcknowledgedByWhomItIsForAndDoesNotExistToOthers) {
  const Inbox hub = inbox(kTriage, 1);
  const std::string id = hub.front().notice().notice_id();
  EXPECT_EQ(acknowledge(kPolice, id), "NOT_FOUND");
  EXPECT_EQ(acknowledge(kOtherTriage, id), "accepted");
  EXPECT_EQ(acknowledge(kTriage, id), "accepted") << "already so";
  const Inbox after = inbox_now(kTriage);
  EXPECT_EQ(after.front().state(), notification::v1::NOTICE_STATE_ACKNOWLEDGED);
  EXPECT_EQ(after.front().acknowledged_by(), "to-2");
  EXPECT_THAT(inbox_now(kTriage, "open: true"), IsEmpty());
  EXPECT_EQ(acknowledge(kTriage, new_request_id()), "NOT_FOUND");
}

TEST_F(ToldOf, WhatNobodyAcknowledgesGoesToTheHubsManagers) {
  decide_referral();
  convene(opened().front().discussion_id());
  const Inbox health = inbox(kHealth, 1);
  ASSERT_THAT(rules_of(health), ElementsAre("discussion-invitation"));
  clock_.advance(std::chrono::hours(2));
  EXPECT_THAT(
      rules_where(kManager, [](const auto& each) { return each.escalated_from() == "health"; }),
      ElementsAre("discussion-invitation"));
  EXPECT_TRUE(inbox_now(kHealth).front().has_escalated_at());
  const auto of_managers = [&](const Caller& caller) {
    const Inbox escalated = inbox_now(caller, "role: 'mash-manager'");
    const auto found = std::ranges::find(
        escalated, "health", [](const auto& each) { return each.notice().escalated_from(); });
    return found == escalated.end() ? std::string() : found->notice().notice_id();
  };
  const std::string escalated = of_managers(kTriage);
  EXPECT_NE(escalated, "") << "all of the hub see it";
  EXPECT_EQ(acknowledge(kTriage, escalated), "NOTICE_NEEDS_MANAGER");
  EXPECT_EQ(acknowledge(kHealth, escalated), "NOT_FOUND");
  EXPECT_EQ(acknowledge(kManager, escalated), "accepted");
  EXPECT_EQ(acknowledge(kHealth, health.front().notice().notice_id()), "accepted");
}

TEST_F(ToldOf, ASubscriptionHearsEachOnceFromWhereverItLeftOff) {
  const Subscription first = subscribed(kTriage, 0, 1);
  ASSERT_THAT(first.notice_ids, SizeIs(1));
  for (int i = 0; i < 3; ++i) tell_of_danger();
  const Subscription next = subscribed(kTriage, first.cursor, 3);
  EXPECT_THAT(next.notice_ids, SizeIs(3));
  EXPECT_THAT(next.notice_ids, ::testing::Not(::testing::Contains(first.notice_ids.front())));
  const Subscription all = subscribed(kTriage, 0, 4);
  EXPECT_EQ(all.notice_ids.front(), first.notice_ids.front());
  EXPECT_EQ(all.cursor, next.cursor);
}

TEST_F(ToldOf, WhoIsBarredFromACaseIsNotTheOneItIsRoutedTo) {
  auto accept = message<referral::v1::DecideContactRequest>(
      "outcome: CONTACT_OUTCOME_ACCEPTED rationale: 'An injury.'");
  accept.set_referral_id(referral_id);
  done(kTriage, &ReferralService::Stub::DecideContact, accept);
  auto bar = message<referral::v1::BarPractitionerRequest>(
      "practitioner { agency: 'social-care' practitioner: 'sw-9' } "
      "ground: BAR_GROUND_KNOWN_TO_FAMILY reason: 'A neighbour of the family.'");
  bar.set_case_id(case_id);
  done(kManager, &ReferralService::Stub::BarPractitioner, bar);
  auto assign = message<referral::v1::AssignReferralRequest>("assignee: 'sw-9' reason: 'On duty.'");
  assign.set_referral_id(referral_id);
  call(kTriage, &ReferralService::Stub::AssignReferral, assign);
  assign.set_assignee("sw-1");
  assign.clear_request_id();
  done(kTriage, &ReferralService::Stub::AssignReferral, assign);
  EXPECT_THAT(rules_where(kTriage, [](const auto& each) { return each.practitioner() == "sw-1"; }),
              ElementsAre("referral-assigned"));
  for (const auto& each : inbox_now(kTriage)) EXPECT_NE(each.notice().practitioner(), "sw-9");
}

TEST_F(ToldOf, EveryoneWhoIsInvitedIsToldOfASittingThatIsMovedOrHeldAgain) {
  decide_referral();
  convene(opened().front().discussion_id());
  inbox(kHealth, 1);
  auto moved = convening(discussion_id);
  moved.clear_invitations();
  to_proto(clock_.now() + std::chrono::hours(3), moved.mutable_scheduled_at());
  done(kSocialWorker, &Stub::ConveneDiscussion, moved);
  const Inbox then = inbox(kHealth, 2);
  EXPECT_THAT(open_of(then), ElementsAre("discussion-moved-or-again for gp-1"));
  EXPECT_THAT(open_of(inbox(kPolice, 4)),
              ::testing::Contains("discussion-moved-or-again for pc-1"));
  clock_.advance(std::chrono::hours(3));
  hold();
  done(kSocialWorker, &Stub::RecordDiscussionDecision, deciding());
  ASSERT_EQ(told(close()), "accepted");
  auto again = message<strategy::v1::ReconveneDiscussionRequest>(
      "form: DISCUSSION_FORM_MEETING reason: 'The results have come.'");
  again.set_discussion_id(discussion_id);
  to_proto(clock_.now() + std::chrono::hours(24), again.mutable_scheduled_at());
  done(kSocialWorker, &Stub::ReconveneDiscussion, again);
  EXPECT_TRUE(eventually([&] {
    const auto open = open_of(inbox_now(kHealth));
    return std::ranges::count(open, "discussion-moved-or-again for gp-1") == 1;
  }));
  const auto shown = get(kHealth);
  ASSERT_TRUE(shown.has_value());
  EXPECT_TRUE(shown->discussion().participants(2).has_asked_again_at());
}

TEST_F(ToldOf, AChildWhoIsMissingOrFoundIsNamedToThoseWhoLookForThem) {
  auto flag = message<strategy::v1::FlagMissingRequest>("details: 'Last seen at school.'");
  flag.set_case_id(case_id);
  flag.set_child_id(child_id);
  to_proto(clock_.now(), flag.mutable_missing_since());
  done(kTriage, &Stub::FlagMissing, flag);
  inbox(kHealth, 1);
  auto clear = message<strategy::v1::ClearMissingRequest>("details: 'At her aunt.'");
  clear.set_case_id(case_id);
  clear.set_child_id(child_id);
  done(kTriage, &Stub::ClearMissing, clear);
  for (const Caller& caller : {kHealth, kPolice}) {
    const Inbox told = inbox(caller, 2);
    EXPECT_THAT(rules_of(told), UnorderedElementsAre("child-missing", "child-found"));
    EXPECT_THAT(open_of(told), ElementsAre("child-found for "));
    for (const auto& each : told) {
      ASSERT_EQ(each.notice().about_size(), 1) << each.notice().rule();
      EXPECT_EQ(each.notice().about(0).id(), child_id);
    }
  }
}

TEST_F(ToldOf, WhichOtherAuthoritiesLookForAChildIsTheHubsToFindOutAndToTellThatTheChildWasFound) {
  auto flag = message<strategy::v1::FlagMissingRequest>(
      "details: 'Last seen at school.' looked_after: true");
  flag.set_case_id(case_id);
  flag.set_child_id(child_id);
  to_proto(clock_.now(), flag.mutable_missing_since());
  done(kPolice, &Stub::FlagMissing, flag);
  const auto of_rule = [&](const std::string& rule) {
    Inbox of;
    for (const auto& each : inbox_now(kTriage))
      if (each.notice().rule() == rule) of.push_back(each);
    return of;
  };
  EXPECT_TRUE(eventually([&] { return !of_rule("child-missing-authorities-open").empty(); }));
  flag.clear_request_id();
  flag.add_authorities_told("E08000031");
  done(kTriage, &Stub::FlagMissing, flag);
  EXPECT_TRUE(eventually([&] {
    return of_rule("child-missing-authorities-open").front().has_closed_at() &&
           !of_rule("child-missing-more-authorities").empty();
  }));
  auto clear = message<strategy::v1::ClearMissingRequest>("details: 'At her aunt.'");
  clear.set_case_id(case_id);
  clear.set_child_id(child_id);
  done(kPolice, &Stub::ClearMissing, clear);
  EXPECT_TRUE(eventually([&] { return !of_rule("child-found-authorities").empty(); }));
  const Inbox found = of_rule("child-found-authorities");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found.front().notice().tell_by_hand(), "E08000031");
  EXPECT_EQ(found.front().state(), notification::v1::NOTICE_STATE_OPEN);
}

TEST_F(ToldOf, ADeadlineIsListedOnceThoughTwoOfTheAgencyAreTold) {
  auto request = message<referral::v1::RestrictCaseRequest>(R"(
    named { agency: "social-care" practitioner: "to-1" }
    named { agency: "social-care" practitioner: "sw-1" } reason: "A colleague's child.")");
  request.set_case_id(case_id);
  done(kManager, &ReferralService::Stub::RestrictCase, request);
  clock_.set(utc("2026-12-09T10:00:00Z"));
  const auto first_decisions = [&] {
    const auto page = done(kTriage, &NotificationService::Stub::ListDeadlines,
                           message<notification::v1::ListDeadlinesRequest>("missed: true"));
    return std::ranges::count(page.deadlines(), "first-decision",
                              [](const auto& each) { return each.kind(); });
  };
  const auto told_of_it = [&] {
    return std::ranges::count_if(inbox_now(kTriage, "open: true"), [](const auto& each) {
      const auto& notice = each.notice();
      return notice.rule() == "referral-deadline-missed" && notice.escalated_from().empty() &&
             notice.deadline() == "first-decision";
    });
  };
  EXPECT_TRUE(eventually([&] { return told_of_it() == 3; }))
      << "each, with the manager who said so";
  EXPECT_EQ(first_decisions(), 1);
}

TEST_F(ToldOf, NothingOfAContactIsInANotice) {
  inbox(kTriage, 1);
  for (const auto& each : inbox_now(kTriage)) {
    EXPECT_THAT(each.DebugString(), ::testing::Not(::testing::HasSubstr("Ada")));
    EXPECT_THAT(each.DebugString(), ::testing::Not(::testing::HasSubstr("injury")));
  }
}

TEST_F(ToldOf, AnInboxIsReadAsItStoodAndByAuditorsOfAnyAgency) {
  inbox(kTriage, 1);
  const auto page = done(kAuditor, &NotificationService::Stub::ListInbox,
                         message<notification::v1::ListInboxRequest>("agency: 'social-care'"));
  EXPECT_EQ(page.notices_size(), 1);
  EXPECT_EQ(told(call(kPolice, &NotificationService::Stub::ListInbox,
                      message<notification::v1::ListInboxRequest>("agency: 'social-care'"))),
            "NOT_FOUND");
  EXPECT_THAT(inbox_now(kTriage, "as_at { seconds: 1000 }"), IsEmpty());
}

}  // namespace
}  // namespace mash::testing
