#include "sharing/requests/request_reads.h"

#include <gmock/gmock.h>

#include "sharing/testing/log_of_events.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RequestReads : public LogOfEvents {
 protected:
  // The hub asks this agency, by a time so many hours from now; answers with the request's id.
  std::string ask(const std::string& agency, int due_h = 4, std::string case_id = {}) {
    if (case_id.empty()) case_id = case_;
    auto event = proto<v1::RequestEvent>(R"(
      requested {
        terms { purpose: "SECRET purpose" questions: "SECRET question"
                rating: RATING_RED gateway: "ca2004-s16la" }
        requested_by: "o-1" agency: "social-care"
        deadline { kind: "information-request" clock: CLOCK_KIND_ELAPSED_HOURS amount: 4
                   pack: "wt@1" calendar: "c" }
      })");
    v1::InformationRequested& requested = *event.mutable_requested();
    requested.set_case_id(case_id);
    requested.mutable_terms()->set_agency(agency);
    requested.mutable_terms()->add_person_ids(child_);
    const Time now = vault_.clock.now();
    to_proto(now, requested.mutable_requested_at());
    to_proto(now, requested.mutable_deadline()->mutable_start());
    to_proto(now + std::chrono::hours(due_h), requested.mutable_deadline()->mutable_due());
    *requested.mutable_deadline()->mutable_approaching_from() = requested.deadline().due();
    std::string id = fresh();
    append(request_stream(id), case_id, event);
    return id;
  }
  void answer(const std::string& id) {
    auto event = proto<v1::RequestEvent>(R"(
      answered { answer: REQUEST_ANSWER_NOTHING_HELD text: "SECRET answer" answered_by: "n-4" })");
    to_proto(vault_.clock.now(), event.mutable_answered()->mutable_answered_at());
    append(request_stream(id), case_, event);
  }
  void put_off(const std::string& id) {
    auto event = proto<v1::RequestEvent>(R"(
      deadline_extended { extension { reasons: "SECRET reason" } })");
    auto& extension = *event.mutable_deadline_extended()->mutable_extension();
    to_proto(vault_.clock.now(), extension.mutable_extended_at());
    const auto history = log_->read_stream(request_stream(id)).value();
    const auto events = log::public_events<v1::RequestEvent>(history.records).value();
    *extension.mutable_previous_due() = events.front().requested().deadline().due();
    to_proto(vault_.clock.now() + std::chrono::hours(9), extension.mutable_due());
    append(request_stream(id), case_, event);
  }

  Result<v1::InformationRequest> get(const Actor& actor, const std::string& id,
                                     const std::string& purpose = "",
                                     std::optional<Time> as_at = {}) {
    v1::GetRequestRequest request;
    request.set_information_request_id(id);
    request.set_purpose(purpose);
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    v1::GetRequestResponse response;
    auto looks = get_request(*log_, request, by(actor), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response.request();
  }
  v1::ListRequestsResponse list(const Actor& actor, const v1::ListRequestsRequest& request = {}) {
    v1::ListRequestsResponse response;
    const auto listed = list_requests(*log_, request, by(actor), response);
    EXPECT_TRUE(listed.has_value()) << mash::testing::brief(listed.error());
    return response;
  }
  std::vector<std::string> listed(const Actor& actor, const v1::ListRequestsRequest& request = {}) {
    std::vector<std::string> ids;
    const auto page = list(actor, request);
    for (const auto& one : page.requests()) ids.push_back(one.information_request_id());
    return ids;
  }

  host::Looks looks_;
};

TEST_F(RequestReads, AreForWhoAskedAndWhoWasAsked) {
  const auto id = ask("health");
  put_off(id);
  answer(id);
  for (const Actor& actor : {kTriage, kManager, kHealth}) {
    const auto request = get(actor, id);
    ASSERT_TRUE(request) << actor.agency;
    EXPECT_EQ(request->terms().purpose(), "SECRET purpose");
    EXPECT_EQ(request->answer_text(), "SECRET answer");
    EXPECT_EQ(request->deadline().extensions(0).reasons(), "SECRET reason");
    EXPECT_EQ(request->deadline().state(), common::v1::DEADLINE_STATE_MET);
    EXPECT_EQ(request->version(), 3U);
    ASSERT_THAT(looks_, SizeIs(1));
    EXPECT_THAT(looks_[0].ids, ElementsAre(id));
    EXPECT_EQ(looks_[0].case_id, case_);
  }
}

TEST_F(RequestReads, DoNotExistForOthers) {
  const auto id = ask("health");
  for (const Actor& actor : {kPolice, kSchool, kRefuge})
    EXPECT_EQ(get(actor, id).error().reason, "NOT_FOUND") << actor.agency;
  EXPECT_EQ(get(kPolice, id).error().message, get(kPolice, fresh()).error().message);
  happen_to_case(case_, R"(restricted { named { agency: "health" practitioner: "n-4" } })");
  EXPECT_EQ(get(kTriage, id).error().reason, "NOT_FOUND");
  EXPECT_TRUE(get(kHealth, id));
}

TEST_F(RequestReads, AnAuditorHasTheTextsWhereItSaysWhy) {
  const auto id = ask("health");
  answer(id);
  const auto without = get(kAuditor, id);
  ASSERT_TRUE(without);
  EXPECT_EQ(without->DebugString().find("SECRET"), std::string::npos);
  EXPECT_EQ(without->answer(), v1::REQUEST_ANSWER_NOTHING_HELD);
  EXPECT_THAT(looks_, IsEmpty());
  EXPECT_EQ(get(kAuditor, id, "Review 7.")->answer_text(), "SECRET answer");
  EXPECT_THAT(looks_, SizeIs(1));
}

TEST_F(RequestReads, ReadThePastAsItStood) {
  const auto id = ask("health");
  const Time asked = vault_.clock.now();
  answer(id);
  EXPECT_EQ(get(kHealth, id, "", asked)->answer(), v1::REQUEST_ANSWER_UNSPECIFIED);
  EXPECT_GT(looks_[0].as_at_size, 0U);
  EXPECT_EQ(get(kHealth, id, "", utc("2020-01-01T00:00:00Z")).error().reason, "NOT_FOUND");
}

TEST_F(RequestReads, OfAnErasedCaseSaySoWithoutTexts) {
  const auto id = ask("health");
  answer(id);
  erase(case_);
  const auto request = get(kHealth, id);
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->erased());
  EXPECT_EQ(request->DebugString().find("SECRET"), std::string::npos);
}

TEST_F(RequestReads, ListWhatIsDueFirstAndThenWhatIsAnswered) {
  const auto later = ask("health", 9);
  const auto soon = ask("police", 2);
  const auto done = ask("health", 1);
  answer(done);
  EXPECT_THAT(listed(kTriage), ElementsAre(soon, later, done));
  EXPECT_THAT(listed(kAuditor), SizeIs(3));
  EXPECT_THAT(listed(kHealth), ElementsAre(later, done));
  EXPECT_THAT(listed(kPolice), ElementsAre(soon));
  EXPECT_THAT(listed(kRefuge), IsEmpty());
  EXPECT_EQ(list(kTriage).DebugString().find("SECRET"), std::string::npos);
}

TEST_F(RequestReads, ListWhatIsAskedFor) {
  const auto other_case = fresh();
  know_case(other_case, {"police"}, {child_});
  const auto open = ask("health", 9);
  const auto elsewhere = ask("police", 9, other_case);
  const auto late = ask("health", 1);
  const auto answered_late = ask("health", 1);
  vault_.clock.advance(std::chrono::hours(2));
  answer(answered_late);
  const auto only = [&](const char* request) {
    return listed(kTriage, proto<v1::ListRequestsRequest>(request));
  };
  EXPECT_THAT(only("open: true"), ElementsAre(late, open, elsewhere));
  EXPECT_THAT(only("late: true"), ElementsAre(late, answered_late));
  EXPECT_THAT(only("late: true open: true"), ElementsAre(late));
  EXPECT_THAT(only("agency: 'police'"), ElementsAre(elsewhere));
  EXPECT_THAT(only(("case_id: '" + other_case + "'").c_str()), ElementsAre(elsewhere));
}

TEST_F(RequestReads, ListNothingOfACaseThatShutsTheCallerOut) {
  ask("health");
  happen_to_case(case_, R"(restricted { named { agency: "health" practitioner: "n-4" } })");
  EXPECT_THAT(listed(kTriage), IsEmpty());
  EXPECT_THAT(listed(kHealthManager), IsEmpty());
  EXPECT_THAT(listed(kHealth), SizeIs(1));
}

TEST_F(RequestReads, ListPagesThatDoNotShift) {
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) all.push_back(ask("health", 4));
  v1::ListRequestsRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = list(kTriage, request);
    for (const auto& one : page.requests()) seen.push_back(one.information_request_id());
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
    ask("health", 1);  // goes to the top, above what has been seen
  }
  EXPECT_EQ(seen, all);
  request.set_open(true);
  v1::ListRequestsResponse response;
  request.set_page_token(
      list(kTriage, proto<v1::ListRequestsRequest>("page_size: 1")).next_page_token());
  EXPECT_FALSE(list_requests(*log_, request, by(kTriage), response)) << "another list's token";
}

}  // namespace
}  // namespace mash::sharing
