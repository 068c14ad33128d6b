#include <gmock/gmock.h>

#include <atomic>
#include <memory>
#include <set>
#include <thread>

#include "core/testing/times.h"
#include "feed/feed.h"
#include "feed/testing/held_feed.h"
#include "integration/grpc_helpers.h"
#include "integration/sharing_case.h"
#include "mash/notification/v1/notification_service.grpc.pb.h"
#include "mash/strategy/v1/strategy_service.grpc.pb.h"

// What is refused, and what goes on, while a service cannot follow the referral log: somebody may
// have been barred there that it does not know of.
namespace mash::testing {
namespace {

namespace v1 = notification::v1;
using Told = v1::NotificationService::Stub;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

const Caller kColleague{"police", "pc-2", "practitioner"};

// A hub in which the test holds what `service` follows of the referral log, or of all.
struct Holding {
  const std::shared_ptr<feed::testing::Hold> hold = std::make_shared<feed::testing::Hold>();

  TestHub::Parts parts_holding(const std::string& service) const {
    return [service, hold = hold] {
      auto parts = hub::parts();
      for (node::Part& part : parts)
        if (part.name == service)
          part.begin = [begin = part.begin, hold](const node::Surroundings& surroundings) {
            const feed::Feeds held = [feeds = surroundings.feeds,
                                      hold](const std::string& of) -> std::shared_ptr<feed::Feed> {
              if (of != "referral") return feeds(of);
              return std::make_shared<feed::testing::HeldFeed>(feeds(of), hold);
            };
            return begin({.foundation = surroundings.foundation,
                          .desk = surroundings.desk,
                          .feeds = held,
                          .holders = surroundings.holders});
          };
      return parts;
    };
  }
};

void bar(TestHub& hub, const Caller& caller, const std::string& case_id) {
  auto request = message<referral::v1::BarPractitionerRequest>(
      "ground: BAR_GROUND_KNOWN_TO_FAMILY reason: 'Her brother.'");
  request.set_request_id(new_request_id());
  request.set_case_id(case_id);
  request.mutable_practitioner()->set_agency(caller.agency);
  request.mutable_practitioner()->set_practitioner(caller.practitioner);
  EXPECT_EQ(
      told(hub.call(kManager, &referral::v1::ReferralService::Stub::BarPractitioner, request)),
      "accepted");
}

class SharingBehind : protected Holding, public SharingCase {
 protected:
  SharingBehind() : SharingCase({}, parts_holding("sharing")) {
    record_threshold();
    item_ = answer(ask(), {"A fracture in March."}).at(0);
    EXPECT_EQ(told(decide(terms({"police"}, {item_}))), "accepted");
  }
  std::string item_;
};

TEST_F(SharingBehind, AfterAStartNothingIsReadUnderBarsAsOldAsTheTimeAway) {
  ASSERT_EQ(told(read(kColleague, item_)), "accepted");
  bar(hub_, kColleague, case_id);
  ASSERT_TRUE(eventually([&] { return told(read(kColleague, item_)) == "NOT_FOUND"; }));
  hold->quiet = true;
  bar(hub_, kPolice, case_id);
  hub_.stop();
  hub_.start();
  EXPECT_EQ(told(read(kPolice, item_)), "CASES_BEHIND");
  hold->quiet = false;
  EXPECT_TRUE(eventually([&] { return told(read(kPolice, item_)) != "CASES_BEHIND"; }));
  EXPECT_EQ(told(read(kPolice, item_)), "NOT_FOUND");
}

class StrategyBehind : protected Holding, public SharingCase {
 protected:
  StrategyBehind() : SharingCase({}, parts_holding("strategy")) {}
};

TEST_F(StrategyBehind, ThatAChildIsMissingIsTakenAndNothingIsReadOrArranged) {
  using Strategy = strategy::v1::StrategyService::Stub;
  const auto get = [&] {
    strategy::v1::GetCaseStrategyRequest request;
    request.set_case_id(case_id);
    request.set_purpose("The assessment.");
    return told(call(kTriage, &Strategy::GetCaseStrategy, request));
  };
  ASSERT_TRUE(eventually([&] { return get() == "accepted"; }));
  hold->broken = true;
  ASSERT_TRUE(eventually([&] { return get() == "CASES_BEHIND"; }));
  auto flag = message<strategy::v1::FlagMissingRequest>("details: 'Left at four.'");
  flag.set_case_id(case_id);
  flag.set_child_id(child_id);
  flag.mutable_missing_since()->set_seconds(1'700'000'000);
  EXPECT_EQ(told(call(kPolice, &Strategy::FlagMissing, flag)), "accepted");
  auto clear = message<strategy::v1::ClearMissingRequest>("details: 'At an aunt.'");
  clear.set_case_id(case_id);
  clear.set_child_id(child_id);
  EXPECT_EQ(told(call(kPolice, &Strategy::ClearMissing, clear)), "CASES_BEHIND");
}

// A Monday morning.
struct Morning {
  ManualClock clock_{utc("2026-12-07T10:00:00Z")};
};

class NoticesBehind : protected Morning, protected Holding, public HubTest {
 protected:
  NoticesBehind() : HubTest({}, {.clock = &clock_}, parts_holding("notification")) {}

  referral::v1::SubmitContactResponse tell() {
    return done(kHealth, &referral::v1::ReferralService::Stub::SubmitContact,
                message<referral::v1::SubmitContactRequest>(R"(
      source: "6" immediate_danger: true
      children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
      account { concern: "An injury." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })"));
  }
  std::string list(const Caller& caller) {
    return told(call(caller, &Told::ListInbox, v1::ListInboxRequest()));
  }
  // The caller's notices, once there are any.
  v1::InboxNotice notice(const Caller& caller) {
    v1::ListInboxResponse listed;
    EXPECT_TRUE(eventually([&] {
      listed = call(caller, &Told::ListInbox, v1::ListInboxRequest()).value_or(listed);
      return listed.notices_size() > 0;
    }));
    return listed.notices_size() > 0 ? listed.notices(0) : v1::InboxNotice();
  }
  std::string acknowledge(const Caller& caller, const std::string& notice_id) {
    v1::AcknowledgeNoticeRequest request;
    request.set_notice_id(notice_id);
    return told(call(caller, &Told::AcknowledgeNotice, request));
  }
};

TEST_F(NoticesBehind, AreNeitherShownNorAcknowledgedWhileBarsAreNotKnown) {
  tell();
  const std::string id = notice(kPolice).notice().notice_id();
  hold->broken = true;
  ASSERT_TRUE(eventually([&] { return list(kPolice) == "CASES_BEHIND"; }));
  EXPECT_EQ(told(call(kPolice, &Told::ListDeadlines, v1::ListDeadlinesRequest())), "CASES_BEHIND");
  EXPECT_EQ(told(call(kManager, &Told::ListUndelivered, v1::ListUndeliveredRequest())),
            "CASES_BEHIND");
  EXPECT_EQ(acknowledge(kPolice, id), "CASES_BEHIND");
  // What names no case goes on, and so does the referral log.
  EXPECT_EQ(told(call(kManager, &Told::GetContacts, v1::GetContactsRequest())), "accepted");
  tell();
  hold->broken = false;
  EXPECT_TRUE(eventually([&] { return acknowledge(kPolice, id) == "accepted"; }));
  EXPECT_EQ(list(kPolice), "accepted");
}

// What one subscriber hears, from now on.
class Subscriber {
 public:
  Subscriber(TestHub& hub, const Caller& caller) : stub_(hub.channel(caller.agency)) {
    TestHub::dress(context_, caller);
    reader_ = stub_.Subscribe(&context_, v1::SubscribeRequest());
    reader_->WaitForInitialMetadata();
    thread_ = std::thread([this] {
      v1::SubscribeResponse message;
      while (reader_->Read(&message)) {
        const std::lock_guard lock(mutex_);
        for (const auto& inbox : message.notices()) heard_.insert(inbox.notice().case_id());
      }
      ended_ = true;
    });
  }
  ~Subscriber() {
    context_.TryCancel();
    thread_.join();
    reader_->Finish();
  }
  std::set<std::string> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  bool has_ended() const { return ended_; }

 private:
  Told stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::SubscribeResponse>> reader_;
  std::mutex mutex_;
  std::set<std::string> heard_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

TEST_F(NoticesBehind, ASubscriptionIsQuietMeanwhileGoesOnByItselfAndTellsNobodyWhoWasBarred) {
  const std::string first = tell().case_id();
  notice(kPolice);
  hold->broken = true;
  ASSERT_TRUE(eventually([&] { return list(kPolice) == "CASES_BEHIND"; }));
  Subscriber barred(hub_, kColleague);
  Subscriber other(hub_, kPolice);
  bar(hub_, kColleague, first);
  const std::string second = tell().case_id();
  EXPECT_EQ(list(kPolice), "CASES_BEHIND");
  EXPECT_THAT(barred.heard(), IsEmpty());
  EXPECT_THAT(other.heard(), IsEmpty());
  hold->broken = false;
  EXPECT_TRUE(eventually([&] { return other.heard().size() == 2; }));
  EXPECT_TRUE(eventually([&] { return !barred.heard().empty(); }));
  EXPECT_THAT(barred.heard(), Not(Contains(first)));
  EXPECT_FALSE(barred.has_ended() || other.has_ended());
}

// What a notice asked for was done while mash-notification was away.
TEST_F(NoticesBehind, AfterAStartNobodyIsSaidNotToHaveAnsweredBeforeItIsKnownThatTheyDid) {
  const auto contact = tell();
  v1::InboxNotice open = notice(kTriage);
  hold->quiet = true;
  auto accept = message<referral::v1::DecideContactRequest>(
      "outcome: CONTACT_OUTCOME_ACCEPTED rationale: 'An injury.'");
  accept.set_referral_id(contact.referral_id());
  done(kTriage, &referral::v1::ReferralService::Stub::DecideContact, accept);
  hub_.stop();
  clock_.advance(std::chrono::hours(8));
  hub_.start();
  EXPECT_EQ(list(kTriage), "CASES_BEHIND");
  hold->quiet = false;
  ASSERT_TRUE(eventually([&] { return list(kTriage) == "accepted"; }));
  v1::ListInboxResponse listed;
  EXPECT_TRUE(eventually([&] {
    listed = call(kTriage, &Told::ListInbox, v1::ListInboxRequest()).value_or(listed);
    for (const auto& inbox : listed.notices())
      if (inbox.notice().notice_id() == open.notice().notice_id()) open = inbox;
    return open.state() == v1::NOTICE_STATE_CLOSED;
  })) << open.DebugString();
  EXPECT_FALSE(open.has_escalated_at()) << open.DebugString();
}

}  // namespace
}  // namespace mash::testing
