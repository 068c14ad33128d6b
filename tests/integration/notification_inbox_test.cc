#include <gmock/gmock.h>

#include <random>
#include <set>
#include <thread>

#include "core/testing/times.h"
#include "core/timestamp.h"
#include "integration/grpc_helpers.h"
#include "integration/sharing_case.h"
#include "mash/notification/v1/notification_service.grpc.pb.h"

// What an inbox holds to whatever happens: stops, time, bars, and those who listen badly.
namespace mash::testing {
namespace {

namespace v1 = notification::v1;
using referral::v1::ReferralService;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;
using Told = v1::NotificationService::Stub;

const Caller kColleague{"police", "pc-2", "practitioner"};

// A Monday morning.
struct MondayMorning {
  ManualClock clock_{utc("2026-12-07T10:00:00Z")};
};

class Notices : protected MondayMorning, public HubTest {
 protected:
  Notices() : HubTest({}, {.clock = &clock_}) {}

  // A contact about a child: its referral and case.
  referral::v1::SubmitContactResponse tell(const Caller& caller, bool danger = false) {
    auto contact = message<referral::v1::SubmitContactRequest>(R"(
      source: "6"
      children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
      account { concern: "An injury." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })");
    contact.set_immediate_danger(danger);
    return done(caller, &ReferralService::Stub::SubmitContact, contact);
  }

  std::vector<v1::InboxNotice> inbox(const Caller& caller,
                                     const v1::ListInboxRequest& request = {}) {
    const auto listed = call(caller, &Told::ListInbox, request);
    EXPECT_TRUE(listed.has_value()) << told(listed);
    if (!listed) return {};
    return {listed->notices().begin(), listed->notices().end()};
  }
  // The same, once there are so many of this case.
  std::vector<v1::InboxNotice> inbox_with(const Caller& caller, size_t notices,
                                          const std::string& case_id) {
    v1::ListInboxRequest request;
    request.set_case_id(case_id);
    std::vector<v1::InboxNotice> found;
    EXPECT_TRUE(eventually([&] {
      found = inbox(caller, request);
      return found.size() >= notices;
    })) << "there are "
        << found.size() << " notices instead of " << notices;
    return found;
  }

  Result<v1::AcknowledgeNoticeResponse> acknowledge(const Caller& caller,
                                                    const std::string& notice_id) {
    v1::AcknowledgeNoticeRequest request;
    request.set_notice_id(notice_id);
    return call(caller, &Told::AcknowledgeNotice, request);
  }

  void bar(const Caller& caller, const std::string& case_id) {
    auto request = message<referral::v1::BarPractitionerRequest>(
        "ground: BAR_GROUND_KNOWN_TO_FAMILY reason: 'Her brother.'");
    request.set_case_id(case_id);
    request.mutable_practitioner()->set_agency(caller.agency);
    request.mutable_practitioner()->set_practitioner(caller.practitioner);
    done(kManager, &ReferralService::Stub::BarPractitioner, request);
  }
};

std::vector<std::string> rules_of(const std::vector<v1::InboxNotice>& notices) {
  std::vector<std::string> rules;
  for (const v1::InboxNotice& inbox : notices) rules.push_back(inbox.notice().rule());
  return rules;
}

TEST_F(Notices, OfImmediateDangerGoToPoliceAtOnceThoughTheyHaveNoPart) {
  const auto taken = tell(kSchool, true);
  const auto police = inbox_with(kPolice, 1, taken.case_id());
  ASSERT_THAT(rules_of(police), ElementsAre("contact-in-danger-police"));
  EXPECT_EQ(police[0].notice().urgency(), v1::URGENCY_IMMEDIATE);
  EXPECT_THAT(rules_of(inbox_with(kTriage, 1, taken.case_id())), ElementsAre("contact-in-danger"));
  referral::v1::GetReferralRequest look;
  look.set_referral_id(taken.referral_id());
  EXPECT_EQ(told(call(kPolice, &ReferralService::Stub::GetReferral, look)), "NOT_FOUND")
      << "to be told gives nobody a part in the case";
}

TEST_F(Notices, ThatNobodyAcknowledgesReachTheManagersOnceAlsoAfterTheHubWasAway) {
  const auto taken = tell(kSchool, true);
  inbox_with(kPolice, 1, taken.case_id());
  hub_.stop();
  clock_.advance(minutes(31));
  hub_.start();
  // Of its own notice, which nobody acknowledged either, and of the one of police.
  const auto hub = inbox_with(kManager, 3, taken.case_id());
  std::vector<std::string> from;
  for (const v1::InboxNotice& inbox : hub)
    if (!inbox.notice().escalated_from().empty()) from.push_back(inbox.notice().escalated_from());
  EXPECT_THAT(from, UnorderedElementsAre("police", "social-care"));
  EXPECT_TRUE(inbox_with(kPolice, 1, taken.case_id()).at(0).has_escalated_at());
  clock_.advance(minutes(300));
  hub_.stop();
  hub_.start();
  tell(kSchool, true);
  EXPECT_THAT(inbox_with(kManager, 3, taken.case_id()), SizeIs(3));
}

TEST_F(Notices, ThatAreAcknowledgedInTimeReachNobodyElse) {
  const auto taken = tell(kSchool, true);
  for (const Caller& caller : {kPolice, kTriage})
    ASSERT_EQ(told(acknowledge(caller,
                               inbox_with(caller, 1, taken.case_id()).at(0).notice().notice_id())),
              "accepted");
  clock_.advance(minutes(31));
  const auto later = tell(kSchool, true);  // whose own time is not over
  inbox_with(kTriage, 1, later.case_id());
  clock_.advance(minutes(31));
  inbox_with(kManager, 3, later.case_id());
  EXPECT_THAT(inbox_with(kManager, 1, taken.case_id()), SizeIs(1));
}

TEST_F(Notices, AreNotShownToAPractitionerWhoIsBarredNorTakenFromThem) {
  const auto taken = tell(kSchool, true);
  const std::string id = inbox_with(kPolice, 1, taken.case_id()).at(0).notice().notice_id();
  bar(kPolice, taken.case_id());
  EXPECT_TRUE(eventually([&] { return inbox(kPolice).empty(); }));
  EXPECT_EQ(told(acknowledge(kPolice, id)), "NOT_FOUND");
  EXPECT_THAT(inbox(kColleague), SizeIs(1)) << "the agency's desk knows";
  EXPECT_EQ(told(acknowledge(kColleague, id)), "accepted");
}

// What a subscriber was told of, in order, and how far that goes.
struct Heard {
  std::vector<std::string> ids;
  uint64_t cursor = 0;

  // False: the stream has ended.
  bool take(grpc::ClientReader<v1::SubscribeResponse>& reader) {
    v1::SubscribeResponse message;
    if (!reader.Read(&message)) return false;
    for (const v1::InboxNotice& inbox : message.notices())
      ids.push_back(inbox.notice().about(0).id());
    cursor = message.cursor();
    return true;
  }
};

// Subscribes until it has heard of so many notices, and breaks off and resumes at random.
std::vector<std::string> subscribe(const std::shared_ptr<grpc::Channel>& channel, size_t notices,
                                   unsigned seed, Heard heard = {}) {
  std::mt19937 random(seed);
  Told stub(channel);
  while (heard.ids.size() < notices) {
    grpc::ClientContext context;
    TestHub::dress(context, kTriage);
    v1::SubscribeRequest request;
    request.set_after(heard.cursor);
    const auto reader = stub.Subscribe(&context, request);
    bool goes_on = true;
    for (unsigned left = 1 + random() % 4; goes_on && left > 0 && heard.ids.size() < notices;
         --left)
      goes_on = heard.take(*reader);
    context.TryCancel();
    const grpc::Status status = reader->Finish();
    // Held up by the machine it may be given up like one that takes nothing: then it resumes.
    if (!goes_on && !status.error_message().starts_with("STREAM_STALLED")) return heard.ids;
  }
  return heard.ids;
}

TEST_F(Notices, AreHeardOnceAndInOrderFromWhereverOneLeftOff) {
  constexpr size_t kContacts = 60;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::vector<std::vector<std::string>> heard(3);
  std::vector<std::thread> subscribers;
  const auto channel = hub_.channel("social-care");
  for (size_t i = 0; i < heard.size(); ++i)
    subscribers.emplace_back(
        [&, i] { heard[i] = subscribe(channel, kContacts, seed + static_cast<unsigned>(i)); });
  std::vector<std::string> expected;
  for (size_t i = 0; i < kContacts; ++i) expected.push_back(tell(kPolice).referral_id());
  for (auto& subscriber : subscribers) subscriber.join();
  for (const auto& one : heard) EXPECT_EQ(one, expected);
  EXPECT_EQ(subscribe(channel, kContacts, seed), expected) << "by one who comes late, too";
}

TEST_F(Notices, ComeAgainUnderAnotherCursorWhenTheyChange) {
  const auto taken = tell(kPolice);
  const auto before = inbox_with(kTriage, 1, taken.case_id()).at(0);
  ASSERT_EQ(told(acknowledge(kTriage, before.notice().notice_id())), "accepted");
  Told stub(hub_.channel("social-care"));
  grpc::ClientContext context;
  TestHub::dress(context, kTriage);
  v1::SubscribeRequest request;
  request.set_after(before.cursor());
  const auto reader = stub.Subscribe(&context, request);
  v1::SubscribeResponse message;
  ASSERT_TRUE(reader->Read(&message));
  ASSERT_THAT(message.notices(), SizeIs(1));
  EXPECT_EQ(message.notices(0).notice().notice_id(), before.notice().notice_id());
  EXPECT_EQ(message.notices(0).state(), v1::NOTICE_STATE_ACKNOWLEDGED);
  EXPECT_GT(message.notices(0).cursor(), before.cursor());
  context.TryCancel();
  reader->Finish();
}

TEST_F(Notices, AreRaisedOnceThoughTheHubStopsAnywhere) {
  std::set<std::string> expected;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) expected.insert(tell(kPolice).referral_id());
    hub_.stop();
    hub_.start();
  }
  std::vector<std::string> heard = subscribe(hub_.channel("social-care"), expected.size(), 1);
  EXPECT_EQ(std::set(heard.begin(), heard.end()), expected);
  v1::ListInboxRequest all;
  all.set_page_size(500);
  EXPECT_THAT(inbox(kTriage, all), SizeIs(expected.size()));
}

TEST_F(Notices, AreReadPageByPageWhateverComesMeanwhile) {
  constexpr size_t kContacts = 7;
  std::set<std::string> expected;
  for (size_t i = 0; i < kContacts; ++i) expected.insert(tell(kPolice).referral_id());
  ASSERT_TRUE(eventually([&] { return inbox(kTriage).size() == kContacts; }));
  v1::ListInboxRequest request;
  request.set_page_size(2);
  std::vector<std::string> read;
  do {
    const auto page = done(kTriage, &Told::ListInbox, request);
    EXPECT_LE(page.notices_size(), 2);
    for (const v1::InboxNotice& inbox : page.notices())
      read.push_back(inbox.notice().about(0).id());
    request.set_page_token(page.next_page_token());
    tell(kPolice);
  } while (!request.page_token().empty());
  EXPECT_EQ(read.size(), kContacts);
  EXPECT_EQ(std::set(read.begin(), read.end()), expected);
}

class Recalled : public SharingCase {
 protected:
  std::vector<v1::InboxNotice> of_rule(const Caller& caller, const std::string& rule) {
    std::vector<v1::InboxNotice> found;
    const auto listed = done(caller, &Told::ListInbox, v1::ListInboxRequest());
    for (const v1::InboxNotice& inbox : listed.notices())
      if (inbox.notice().rule() == rule) found.push_back(inbox);
    return found;
  }
};

TEST_F(Recalled, ItemsAreToldOfToEveryoneWhoGotThemUntilTheyAcknowledge) {
  using Sharing = sharing::v1::SharingService::Stub;
  record_threshold();
  const std::string request_id = ask();
  ASSERT_TRUE(eventually([&] { return !of_rule(kNurse, "information-requested").empty(); }))
      << "the agency that was asked";
  const auto items = answer(request_id, {"A fracture in March."});
  ASSERT_EQ(told(decide(terms({"police", "social-care"}, items))), "accepted");
  ASSERT_TRUE(eventually([&] { return !of_rule(kPolice, "item-disclosed").empty(); }));
  sharing::v1::RecallItemRequest recall;
  recall.set_item_id(items[0]);
  recall.set_reason("Not about this child.");
  done(kNurse, &Sharing::RecallItem, recall);
  for (const Caller& caller : {kPolice, kTriage}) {
    ASSERT_TRUE(eventually([&] { return !of_rule(caller, "item-recalled").empty(); }));
    const auto notices = of_rule(caller, "item-recalled");
    ASSERT_THAT(notices, SizeIs(1)) << caller.agency;
    EXPECT_EQ(notices[0].notice().urgency(), v1::URGENCY_IMMEDIATE);
    EXPECT_EQ(notices[0].state(), v1::NOTICE_STATE_OPEN);
    EXPECT_EQ(notices[0].notice().about(0).id(), items[0]);
    v1::AcknowledgeNoticeRequest known;
    known.set_notice_id(notices[0].notice().notice_id());
    done(caller, &Told::AcknowledgeNotice, known);
    EXPECT_EQ(of_rule(caller, "item-recalled")[0].state(), v1::NOTICE_STATE_ACKNOWLEDGED);
  }
  EXPECT_THAT(of_rule(kNurse, "item-recalled"), IsEmpty()) << "it recalled it";
  EXPECT_THAT(of_rule(kSchool, "item-recalled"), IsEmpty());
}

TEST_F(Recalled, ItemsThatAreWithheldAreNotToldOfToWhoeverDoesNotGetThem) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March.", "Another matter."});
  ASSERT_EQ(told(decide(terms({"police"}, {items[0]}, {items[1]}))), "accepted");
  ASSERT_TRUE(eventually([&] { return !of_rule(kPolice, "item-disclosed").empty(); }));
  ASSERT_EQ(told(decide(terms({"education"}, {}, items))), "accepted");
  sharing::v1::RecallItemRequest recall;
  recall.set_item_id(items[0]);
  recall.set_reason("Not about this child.");
  done(kNurse, &sharing::v1::SharingService::Stub::RecallItem, recall);
  ASSERT_TRUE(eventually([&] { return !of_rule(kPolice, "item-recalled").empty(); }))
      << "whatever came before has been told of, too";
  EXPECT_THAT(of_rule(kPolice, "item-disclosed"), SizeIs(1));
  EXPECT_THAT(of_rule(kSchool, "item-disclosed"), IsEmpty());
}

// As the hub's metrics tell it.
bool is_idle(TestHub& hub) {
  return http_get(hub.hub().metrics_port(), "/metrics").find("\nmash_calls_in_flight 0\n") !=
         std::string::npos;
}

TEST(Subscribers, ThatTakeNothingAreGivenUpHoldNothingAndMissNothingWhenTheyResume) {
  TestHub hub([](host::Config& config) {
    config.stream_stall_ms_max = 500;
    config.metrics_listen = "127.0.0.1:0";
  });
  constexpr size_t kContacts = 600;  // more than the window of a stream holds
  std::vector<std::string> expected;
  for (size_t i = 0; i < kContacts; ++i) {
    auto contact = message<referral::v1::SubmitContactRequest>(R"(
      source: "6" children { identity { given_names: "Ada" } }
      account { concern: "An injury." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })");
    contact.set_request_id(new_request_id());
    const auto taken = hub.call(kPolice, &ReferralService::Stub::SubmitContact, contact);
    ASSERT_TRUE(taken);
    expected.push_back(taken->referral_id());
  }
  const auto channel = hub.channel("social-care");
  Told stub(channel);
  const size_t before = resident_bytes();
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::SubscribeResponse>>> readers;
  std::vector<Heard> heard(20);
  for (Heard& one : heard) {
    TestHub::dress(*contexts.emplace_back(std::make_unique<grpc::ClientContext>()), kTriage);
    readers.push_back(stub.Subscribe(contexts.back().get(), {}));
    ASSERT_TRUE(one.take(*readers.back()));
  }
  // Meanwhile whoever reads is served.
  EXPECT_EQ(subscribe(channel, kContacts, 7), expected);
  // None of the others takes a second message until the hub has given all of them up.
  EXPECT_TRUE(eventually([&] { return is_idle(hub); }));
  EXPECT_LT(resident_bytes(), before + (96U << 20));
  for (size_t i = 0; i < readers.size(); ++i) {
    while (heard[i].take(*readers[i])) {
    }
    EXPECT_LT(heard[i].ids.size(), kContacts);
    const grpc::Status status = readers[i]->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_THAT(status.error_message(), StartsWith("STREAM_STALLED: "));
    EXPECT_EQ(subscribe(channel, kContacts, 7, heard[i]), expected) << "nothing lost, none twice";
  }
}

}  // namespace
}  // namespace mash::testing
