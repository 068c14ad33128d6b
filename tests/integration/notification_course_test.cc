#include <gmock/gmock.h>

#include <thread>

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

constexpr auto kPatience = std::chrono::seconds(30);
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
    const auto until = std::chrono::steady_clock::now() + kPatience;
    Inbox inbox = inbox_now(caller);
    while (inbox.size() < count && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
      inbox = inbox_now(caller);
    }
    EXPECT_THAT(inbox, SizeIs(count));
    return inbox;
  }
  static std::vector<std::string> rules_of(const Inbox& inbox) {
    std::vector<std::string> rules;
    for (const auto& each : inbox) rules.push_back(each.notice().rule());
    return rules;
  }
  std::string acknowledge(const Caller& caller, const std::string& notice_id) {
    notification::v1::AcknowledgeNoticeRequest request;
    request.set_notice_id(notice_id);
    return told(call(caller, &NotificationService::Stub::AcknowledgeNotice, request));
  }
  // Another contact of the police; in danger.
  void tell_of_danger() {
    done(kPolice, &ReferralService::Stub::SubmitContact,
         message<referral::v1::SubmitContactRequest>(R"(
      source: "6" immediate_danger: true
      children { identity { given_names: "Bo" family_name: "Cole" birth_date { year: 2020 } } }
      account { concern: "Shouting." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })"));
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
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::vector<std::string> from;
  while (from.empty() && std::chrono::steady_clock::now() < until)
    for (const auto& each : inbox_now(kManager))
      if (each.notice().escalated_from() == "health") from.push_back(each.notice().rule());
  EXPECT_THAT(from, ElementsAre("discussion-invitation"));
  EXPECT_TRUE(inbox_now(kHealth).front().has_escalated_at());
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
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::vector<std::string> assigned;
  while (assigned.empty() && std::chrono::steady_clock::now() < until)
    for (const auto& each : inbox_now(kTriage, "practitioner: 'sw-1'"))
      if (each.notice().practitioner() == "sw-1") assigned.push_back(each.notice().rule());
  EXPECT_THAT(assigned, ElementsAre("referral-assigned"));
  for (const auto& each : inbox_now(kTriage)) EXPECT_NE(each.notice().practitioner(), "sw-9");
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
