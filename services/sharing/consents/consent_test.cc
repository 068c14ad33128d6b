#include "sharing/consents/consent.h"

#include <gmock/gmock.h>

#include "sharing/testing/cast.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

const std::string kMother = uuid(901);
const std::string kChild = uuid(902);

v1::RecordConsentRequest record(const char* more = "") {
  auto request = proto<v1::RecordConsentRequest>(R"(
    terms { capacity: CONSENT_GIVER_PARENTAL_RESPONSIBILITY
            scope: "What health holds on the child, with social care." })");
  v1::ConsentTerms& terms = *request.mutable_terms();
  terms.set_case_id(uuid(900));
  terms.add_person_ids(kChild);
  terms.set_given_by(kMother);
  terms.MergeFrom(proto<v1::ConsentTerms>(more));
  return request;
}

std::vector<v1::ConsentEvent> recorded(const char* more = "") {
  return given<Consent>({}).when(record(more), as(kSchool)).outcome().value();
}

v1::WithdrawConsentRequest withdraw() {
  return proto<v1::WithdrawConsentRequest>("statement: 'She rang and took it back.'");
}

TEST(Consent, IsRecordedWithWhoAskedAndWhen) {
  const auto events = recorded("explicit: true freely_given: true");
  ASSERT_EQ(events.size(), 1u);
  const v1::ConsentRecorded& event = events.front().recorded();
  EXPECT_EQ(event.agency(), "education");
  EXPECT_EQ(event.recorded_by(), "t-3");
  EXPECT_EQ(event.terms().given_at().seconds(), event.recorded_at().seconds());
}

TEST(Consent, SaysWhoGaveItInWhatCapacityAndForWhat) {
  given<Consent>({})
      .when(proto<v1::RecordConsentRequest>("terms { given_by: 'her mother' holders: 'the-moon' }"),
            as(kSchool))
      .then_refused("INVALID_REQUEST", {"terms.person_ids", "terms.given_by", "terms.capacity",
                                        "terms.scope", "terms.holders[0]"});
  given<Consent>({})
      .when(record("given_at { seconds: 4000000000 } until { seconds: 1 } refused: true "
                   "explicit: true"),
            as(kSchool))
      .then_refused("INVALID_REQUEST", {"terms.given_at", "terms.refused", "terms.until"});
}

TEST(Consent, HoldsUntilItIsWithdrawnOrOver) {
  const Time now = utc(kNow);
  const auto open = fold<Consent>(recorded());
  EXPECT_TRUE(open.live(now));
  EXPECT_TRUE(open.live(now + std::chrono::years(20)));
  const auto short_one = fold<Consent>(recorded("until { seconds: 1800000000 }"));
  EXPECT_TRUE(short_one.live(now));
  EXPECT_FALSE(short_one.live(Time(std::chrono::seconds(1'800'000'000))));
  EXPECT_FALSE(given<Consent>(recorded()).when(withdraw(), as(kHealth)).state().live(now));
  EXPECT_FALSE(fold<Consent>(recorded("refused: true")).live(now));
  EXPECT_FALSE(Consent::State{}.live(now));
}

TEST(Consent, IsWithdrawnOnceAndARefusalNever) {
  const auto events = recorded();
  auto withdrawn = events;
  withdrawn.push_back(
      given<Consent>(events).when(withdraw(), as(kHealth)).outcome().value().front());
  EXPECT_EQ(withdrawn.back().withdrawn().agency(), "health");
  given<Consent>(withdrawn).when(withdraw(), as(kSchool)).then_nothing_changes();
  given<Consent>(recorded("refused: true"))
      .when(withdraw(), as(kHealth))
      .then_refused("CONSENT_REFUSED");
  given<Consent>({}).when(withdraw(), as(kHealth)).then_refused("NOT_FOUND");
}

TEST(Consent, CoversWhomAndWhatItNames) {
  const auto any = fold<Consent>(recorded());
  EXPECT_TRUE(any.covers("health", "police", {kChild}));
  EXPECT_FALSE(any.covers("health", "police", {kChild, kMother}));
  const auto narrow = fold<Consent>(recorded("holders: 'health' recipients: 'social-care'"));
  EXPECT_TRUE(narrow.covers("health", "social-care", {kChild}));
  EXPECT_FALSE(narrow.covers("health", "police", {kChild}));
  EXPECT_FALSE(narrow.covers("education", "social-care", {kChild}));
}

}  // namespace
}  // namespace mash::sharing
