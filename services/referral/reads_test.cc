#include "referral/testing/reads.h"

#include <gmock/gmock.h>

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(Reads, AContactAndItsChildrenAreOneAppend) {
  submit(kPolice);
  EXPECT_EQ(log_->size(), 2U);
  EXPECT_TRUE(log_->read(0)->body.stream().starts_with("referral/"));
  EXPECT_TRUE(log_->read(1)->body.stream().starts_with("person/"));
  EXPECT_EQ(log_->read(1)->body.case_id(), "");
}

TEST_F(Reads, NothingPersonalStandsInARecord) {
  submit(kPolice);
  for (uint64_t position = 0; position < log_->size(); ++position) {
    const std::string leaf = log_->read(position)->leaf;
    for (const char* planted : {"Ada", "Bell", "hungry", "overnight", "16A"})
      EXPECT_EQ(leaf.find(planted), std::string::npos) << planted << " at " << position;
  }
}

TEST_F(Reads, TheListIsInTriagesOrder) {
  const auto plain = submit(kPolice);
  const auto green = submit(kPolice);
  const auto red = submit(kSchool);
  const auto danger = submit(kSchool, urgent_contact());
  const auto decided = submit(kPolice);
  rate(green, v1::RATING_GREEN);
  rate(red, v1::RATING_RED);
  accept_and_decide(decided);
  EXPECT_THAT(listed(kTriage), ElementsAre(danger, red, green, plain, decided));
}

TEST_F(Reads, AnAgencyListsWhatItSentAndNothingElse) {
  const auto first = submit(kPolice);
  submit(kSchool);
  const auto second = submit(kPolice);
  EXPECT_THAT(listed(kPolice), ElementsAre(second, first));
  const Actor stranger{"police-2", "pol-02", "p-1", "practitioner"};
  EXPECT_THAT(listed(stranger), IsEmpty());
}

TEST_F(Reads, TheListIsReadAsItStood) {
  const auto first = submit(kPolice);
  const Time then_time = vault_.clock.now();
  const auto second = submit(kSchool, urgent_contact());
  rate(first, v1::RATING_RED);
  EXPECT_THAT(listed(kTriage), ElementsAre(second, first));
  v1::ListReferralsRequest request;
  to_proto(then_time, request.mutable_as_at());
  const auto page = list(kTriage, request);
  ASSERT_THAT(page.referrals(), SizeIs(1));
  EXPECT_EQ(page.referrals(0).referral_id(), first);
  EXPECT_EQ(page.referrals(0).rating(), v1::RATING_UNSPECIFIED);
}

TEST_F(Reads, PagesDoNotShiftWhenTheListChanges) {
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) all.push_back(submit(kPolice));
  v1::ListReferralsRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = list(kTriage, request);
    for (const auto& summary : page.referrals()) seen.push_back(summary.referral_id());
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
    submit(kSchool, urgent_contact());  // goes to the top, above what has been seen
  }
  EXPECT_EQ(seen, all);
}

TEST_F(Reads, TheListIsFiltered) {
  const auto plain = submit(kPolice);
  const auto danger = submit(kSchool, urgent_contact());
  const auto decided = submit(kPolice);
  accept_and_decide(decided);
  const auto only = [&](const char* filter) {
    v1::ListReferralsRequest request;
    *request.mutable_filter() = proto<v1::ReferralFilter>(filter);
    return listed(kTriage, request);
  };
  EXPECT_THAT(only("stages: REFERRAL_STAGE_DECIDED"), ElementsAre(decided));
  EXPECT_THAT(only("stages: REFERRAL_STAGE_CONTACT"), ElementsAre(danger, plain));
  EXPECT_THAT(only("immediate_danger: true"), ElementsAre(danger));
  EXPECT_THAT(only(R"(agencies: "education")"), ElementsAre(danger));
  EXPECT_THAT(only(R"(sources: "6")"), ElementsAre(plain, decided));
  EXPECT_THAT(only("ratings: RATING_RED"), IsEmpty());
  EXPECT_THAT(only("ratings: RATING_UNSPECIFIED stages: REFERRAL_STAGE_CONTACT"),
              ElementsAre(danger, plain));
  EXPECT_THAT(only("due_before { seconds: 1 }"), IsEmpty());
  EXPECT_THAT(only("due_before { seconds: 1900000000 } stages: REFERRAL_STAGE_CONTACT"),
              ElementsAre(danger, plain));
}

TEST_F(Reads, AFilterTellsAReferrerNoMoreThanItIsShown) {
  const auto id = submit(kPolice);
  rate(id, v1::RATING_RED);
  v1::ListReferralsRequest request;
  request.mutable_filter()->add_ratings(v1::RATING_RED);
  EXPECT_THAT(listed(kTriage, request), ElementsAre(id));
  EXPECT_THAT(listed(kPolice, request), IsEmpty());
}

TEST_F(Reads, APageTokenThatIsNoneIsRefused) {
  submit(kPolice);
  for (const char* token : {"x", "zz", "00", "ffff", "0a", "08ff0f"}) {
    v1::ListReferralsRequest request;
    request.set_page_token(token);
    v1::ListReferralsResponse response;
    EXPECT_THAT(faulty_fields(list_referrals(*log_, request, context(kTriage), response)),
                ElementsAre("page_token"))
        << token;
  }
}

TEST_F(Reads, ATooLargePageIsRefused) {
  v1::ListReferralsRequest request;
  request.set_page_size(1'001);
  v1::ListReferralsResponse response;
  EXPECT_THAT(faulty_fields(list_referrals(*log_, request, context(kTriage), response)),
              ElementsAre("page_size"));
}

TEST_F(Reads, AReferralIsReadWithItsChildrenAndTheLookIsNamed) {
  const auto id = submit(kPolice);
  const auto detail = get(kTriage, id);
  ASSERT_TRUE(detail.has_value());
  ASSERT_EQ(detail->children_size(), 1);
  EXPECT_EQ(detail->children(0).identity().family_name(), "Bell");
  EXPECT_EQ(detail->account().concern(), "Left alone overnight.");
  EXPECT_EQ(detail->submitted_by().practitioner(), "p-17");
  ASSERT_THAT(looks_, SizeIs(1));
  EXPECT_EQ(looks_[0].stream_id, detail->summary().case_id());
  EXPECT_THAT(looks_[0].ids, ElementsAre(id, detail->children(0).person_id()));
}

TEST_F(Reads, AReferralIsReadAsItStood) {
  const auto id = submit(kPolice);
  const Time then_time = vault_.clock.now();
  accept_and_decide(id);
  EXPECT_EQ(get(kTriage, id)->summary().stage(), v1::REFERRAL_STAGE_DECIDED);
  EXPECT_EQ(get(kTriage, id, "", then_time)->summary().stage(), v1::REFERRAL_STAGE_CONTACT);
  EXPECT_GT(looks_[0].as_at_size, 0U);
  EXPECT_EQ(get(kTriage, id, "", utc("2020-01-01T00:00:00Z")).error().reason, "NOT_FOUND");
}

TEST_F(Reads, ToAStrangerAReferralDoesNotExist) {
  const auto id = submit(kPolice);
  const auto hidden = get(kSchool, id);
  const auto absent = get(kSchool, ids_.next_text());
  ASSERT_FALSE(hidden.has_value());
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(hidden.error().code, Code::kNotFound);
  EXPECT_EQ(hidden.error().reason, absent.error().reason);
  EXPECT_EQ(hidden.error().message, absent.error().message);
}

TEST_F(Reads, AnAuditorSeesContentOnlyWithAPurpose) {
  const auto id = submit(kPolice);
  accept_and_decide(id);
  const auto without = get(kAuditor, id);
  EXPECT_EQ(without->DebugString().find("Bell"), std::string::npos);
  EXPECT_EQ(without->account().concern(), "");
  EXPECT_EQ(without->decisions(0).outcome(), "services");
  EXPECT_EQ(without->decisions(0).rationale(), "");
  EXPECT_THAT(looks_, IsEmpty());
  EXPECT_EQ(get(kAuditor, id, "Review 7.")->decisions(0).rationale(), "Reasons.");
  EXPECT_THAT(looks_, SizeIs(1));
}

TEST_F(Reads, AReferrerSeesAChildAsItToldNotAsTheHubFoundOut) {
  const auto id = submit(kPolice);
  const std::string child = get(kTriage, id)->children(0).person_id();
  correct(kTriage, child, "Hidden");
  EXPECT_EQ(get(kTriage, id)->children(0).identity().family_name(), "Hidden");
  EXPECT_EQ(get(kPolice, id)->children(0).identity().family_name(), "Bell");
  EXPECT_EQ(person(kPolice, child)->identity().family_name(), "Bell");
  correct(kPolice, child, "Bell-Hall");
  EXPECT_EQ(get(kPolice, id)->children(0).identity().family_name(), "Bell-Hall");
}

TEST_F(Reads, APersonIsReadByWhoMayKnowOfThem) {
  const std::string child = get(kTriage, submit(kPolice))->children(0).person_id();
  EXPECT_EQ(person(kTriage, child)->identity().family_name(), "Bell");
  ASSERT_THAT(looks_, SizeIs(1));
  EXPECT_EQ(looks_[0].stream_id, child);
  EXPECT_EQ(person(kTriage, child)->registered_by_agency(), "police");
  EXPECT_EQ(person(kSchool, child).error().reason, "NOT_FOUND");
  EXPECT_FALSE(person(kAuditor, child)->has_identity());
  EXPECT_TRUE(person(kAuditor, child, "Review 7.")->has_identity());
}

TEST_F(Reads, EveryChangeIsHeardOnceFromWhereverOneLeftOff) {
  const auto id = submit(kPolice);
  accept_and_decide(id);
  rate(submit(kSchool), v1::RATING_RED);
  v1::WatchReferralsRequest request;
  request.set_from_position(0);
  std::vector<std::string> heard;
  uint64_t position = 0;
  for (int resumed = 0; resumed < 10; ++resumed) {  // a new stream for every message
    request.set_from_position(position);
    auto changes = Changes::from(feed_, request, context(kTriage));
    ASSERT_TRUE(changes.has_value());
    v1::WatchReferralsResponse message;
    if (changes->next(message).value() == host::Next::kWait) break;
    for (const auto& change : message.changes()) heard.push_back(change.change());
    position = message.next_position();
  }
  EXPECT_THAT(heard, ElementsAre("contact_received", "contact_accepted", "referral_decided",
                                 "contact_received", "referral_rated"));
  EXPECT_EQ(position, log_->size());
}

TEST_F(Reads, AChangeShowsTheReferralAsItWasThen) {
  const auto id = submit(kPolice);
  accept_and_decide(id);
  v1::WatchReferralsRequest request;
  request.set_from_position(0);
  auto changes = Changes::from(feed_, request, context(kTriage));
  v1::WatchReferralsResponse message;
  ASSERT_EQ(changes->next(message).value(), host::Next::kLatest);
  EXPECT_EQ(message.changes(0).referral().referral_id(), id);
  EXPECT_EQ(message.changes(0).referral().stage(), v1::REFERRAL_STAGE_CONTACT);
}

TEST_F(Reads, AReferrerHearsNothingOfRatingsOrOthers) {
  const auto id = submit(kPolice);
  rate(id, v1::RATING_RED);
  submit(kSchool);
  accept_and_decide(id);
  v1::WatchReferralsRequest request;
  request.set_from_position(0);
  auto changes = Changes::from(feed_, request, context(kPolice));
  std::vector<std::string> heard;
  v1::WatchReferralsResponse message;
  ASSERT_EQ(changes->next(message).value(), host::Next::kLatest);
  for (const auto& change : message.changes()) heard.push_back(change.change());
  EXPECT_THAT(heard, ElementsAre("contact_received", "contact_accepted", "referral_decided"));
}

TEST_F(Reads, ACursorAheadOfTheLogIsRefused) {
  v1::WatchReferralsRequest request;
  request.set_from_position(1);
  EXPECT_EQ(Changes::from(feed_, request, context(kTriage)).error().reason, "CURSOR_AHEAD");
}

TEST_F(Reads, AnErasedPersonIsGoneAndTheReferralStands) {
  const auto id = submit(kPolice);
  const std::string child = get(kTriage, id)->children(0).person_id();
  erase(child);
  const auto detail = get(kTriage, id);
  ASSERT_TRUE(detail.has_value());
  EXPECT_TRUE(detail->children(0).erased());
  EXPECT_FALSE(detail->children(0).has_identity());
  EXPECT_EQ(detail->account().concern(), "Left alone overnight.");
  EXPECT_TRUE(person(kTriage, child)->erased());
}

TEST_F(Reads, AnErasedCaseHasNoTextLeftAndKeepsItsDecision) {
  const auto id = submit(kPolice);
  accept_and_decide(id);
  erase(get(kTriage, id)->summary().case_id());
  const auto detail = get(kTriage, id);
  ASSERT_TRUE(detail.has_value());
  EXPECT_TRUE(detail->erased());
  EXPECT_EQ(detail->account().concern(), "");
  EXPECT_EQ(detail->decisions(0).outcome(), "services");
  EXPECT_EQ(detail->decisions(0).rationale(), "");
}

}  // namespace
}  // namespace mash::referral
