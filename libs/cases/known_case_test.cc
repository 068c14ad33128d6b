#include "cases/known_case.h"

#include <gmock/gmock.h>

#include "cases/family.h"
#include "policy/testing/cast.h"

namespace mash::cases {
namespace {

using namespace cast;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

KnownCase::Event referral_event(const char* text, const std::string& referral_id = "r-1") {
  KnownCase::Event event;
  event.mutable_referral()->set_referral_id(referral_id);
  *event.mutable_referral()->mutable_event() = proto<referral::v1::ReferralEvent>(text);
  return event;
}

KnownCase::Event case_event(const char* text) {
  KnownCase::Event event;
  *event.mutable_case_() = proto<referral::v1::CaseEvent>(text);
  return event;
}

KnownPerson::Event person_event(const char* text) { return proto<KnownPerson::Event>(text); }

const KnownCase::Event kReceived = referral_event(R"(
  contact_received { agency: "police" child_ids: "ada" child_ids: "bo" person_ids: "cy"
    deadlines { kind: "acknowledgement" start { seconds: 1000 } clock: CLOCK_KIND_WORKING_DAYS
                amount: 1 due { seconds: 2000 } approaching_from { seconds: 1500 } }
    deadlines { kind: "first-decision" start { seconds: 1000 } clock: CLOCK_KIND_WORKING_DAYS
                amount: 1 due { seconds: 3000 } approaching_from { seconds: 2500 } } })");

KnownCase::Referral referral_after(std::vector<KnownCase::Event> events) {
  events.insert(events.begin(), kReceived);
  return fold<KnownCase>(events).referrals.at("r-1");
}

int64_t seconds(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

TEST(KnownCase, HoldsWhatWasFollowedAsItIs) {
  given<KnownCase>({}).when(kReceived, as(kTriage)).then({kReceived});
  given<KnownCase>({kReceived}).when(kReceived, as(kTriage)).then({kReceived});
}

TEST(KnownCase, KnowsWhoIsInAContactAndWhoSentIt) {
  const auto state = fold<KnownCase>(std::vector{kReceived});
  ASSERT_TRUE(state.exists());
  EXPECT_TRUE(state.names("ada"));
  EXPECT_TRUE(state.names("cy"));
  EXPECT_FALSE(state.names("dee"));
  EXPECT_THAT(state.agencies, ElementsAre("police"));
  EXPECT_THAT(state.referrals.at("r-1").children, ElementsAre("ada", "bo"));
  EXPECT_EQ(state.referrals.at("r-1").agency, "police");
}

TEST(KnownCase, TakesTheFirstDecisionsDeadlineAndWhatItIsPutOffTo) {
  const auto referral = referral_after({referral_event(R"(
      deadline_extended { kind: "assessment" extension {
        previous_due { seconds: 3000 } due { seconds: 9000 } extended_at { seconds: 1800 } } })"),
                                        referral_event(R"(
      deadline_extended { kind: "first-decision" extension {
        previous_due { seconds: 3000 } due { seconds: 4000 } extended_at { seconds: 1900 } } })")});
  ASSERT_TRUE(referral.first_decision.has_value());
  EXPECT_EQ(seconds(referral.first_decision->due), 3000);
  EXPECT_EQ(seconds(referral.first_decision->current_due()), 4000);
}

TEST(KnownCase, TakesWhenTheFirstDecisionIsDueByAChangedCalendar) {
  const auto recomputed = [](const char* kind) {
    auto event = referral_event(R"(
      deadline_recomputed { deadline { start { seconds: 1000 } clock: CLOCK_KIND_WORKING_DAYS
        amount: 1 due { seconds: 5000 } approaching_from { seconds: 4500 } } })");
    event.mutable_referral()
        ->mutable_event()
        ->mutable_deadline_recomputed()
        ->mutable_deadline()
        ->set_kind(kind);
    return event;
  };
  EXPECT_EQ(seconds(referral_after({recomputed("assessment")}).first_decision->due), 3000);
  EXPECT_EQ(seconds(referral_after({recomputed("first-decision")}).first_decision->due), 5000);
}

TEST(KnownCase, IsOpenUntilItIsDecidedClosedTakenBackOrAnotherAuthoritys) {
  EXPECT_FALSE(referral_after({}).decided);
  EXPECT_FALSE(referral_after({referral_event("contact_accepted { decision {} }")}).decided);
  EXPECT_FALSE(
      referral_after({referral_event("transfer_answered { answer { accepted: false } }")}).decided);
  for (const char* end :
       {"referral_decided { decision { decided_at { seconds: 2700 } } }",
        "contact_closed { decision { decided_at { seconds: 2700 } } }",
        "contact_withdrawn { withdrawn_at { seconds: 2700 } }",
        "transfer_answered { answer { accepted: true answered_at { seconds: 2700 } } }"}) {
    const auto referral = referral_after({referral_event(end)});
    EXPECT_TRUE(referral.decided) << end;
    ASSERT_TRUE(referral.first_decision->done_at.has_value()) << end;
    EXPECT_EQ(seconds(*referral.first_decision->done_at), 2700) << end;
  }
}

TEST(KnownCase, IsOpenAgainWhenAClosedContactIsAccepted) {
  const auto referral = referral_after(
      {referral_event("contact_closed { decision { decided_at { seconds: 2700 } } }"),
       referral_event("contact_accepted { decision {} }")});
  EXPECT_FALSE(referral.decided);
  EXPECT_FALSE(referral.first_decision->done_at.has_value());
}

TEST(KnownCase, RemembersTheThresholdRecordedLastAndThatNoneIsMet) {
  const auto cause =
      referral_event("threshold_recorded { threshold { kind: THRESHOLD_KIND_REASONABLE_CAUSE } }");
  const auto none =
      referral_event("threshold_recorded { threshold { kind: THRESHOLD_KIND_NONE } }");
  EXPECT_EQ(referral_after({cause}).threshold, referral::v1::THRESHOLD_KIND_REASONABLE_CAUSE);
  EXPECT_EQ(referral_after({cause, none}).threshold, referral::v1::THRESHOLD_KIND_UNSPECIFIED);
}

TEST(KnownCase, RemembersTheRating) {
  EXPECT_EQ(
      referral_after({referral_event("referral_rated { rating { rating: RATING_RED } }")}).rating,
      referral::v1::RATING_RED);
}

TEST(KnownCase, IsAlsoOfWhoToldMoreAndWhoCameToHaveAPart) {
  const auto told = referral_event(R"(information_added { information { agency: "education" } })");
  const auto scenario =
      given<KnownCase>({kReceived, told}).when(KnownCase::Involve{.agency = "health"}, as(kTriage));
  EXPECT_THAT(scenario.state().agencies, UnorderedElementsAre("police", "education", "health"));
}

TEST(KnownCase, InvolvesAnAgencyOnce) {
  given<KnownCase>({kReceived})
      .when(KnownCase::Involve{.agency = "police"}, as(kTriage))
      .then_nothing_changes();
  given<KnownCase>({kReceived})
      .when(KnownCase::Involve{.agency = "health"}, as(kTriage))
      .when(KnownCase::Involve{.agency = "health"}, as(kTriage))
      .then_nothing_changes();
}

TEST(KnownCase, IsRestrictedAndBarredAsTheReferralLogSays) {
  const auto restricted =
      case_event(R"(restricted { named { agency: "social-care" practitioner: "w-1" } })");
  const auto barred =
      case_event(R"(barred { bar { practitioner { agency: "police" practitioner: "p-17" } } })");
  const auto state = fold<KnownCase>(std::vector{restricted, barred});
  EXPECT_TRUE(state.access.admits(kSocialWorker));
  EXPECT_FALSE(state.access.admits(kTriage));
  EXPECT_TRUE(state.access.bars(kPolice));
  const auto lifted = fold<KnownCase>(
      std::vector{
          case_event("unrestricted {}"),
          case_event(R"(unbarred { practitioner { agency: "police" practitioner: "p-17" } })")},
      state);
  EXPECT_EQ(lifted.access, CaseAccess{});
}

TEST(KnownCase, IsJoinedAndPartedAsTheReferralLogSays) {
  const auto joined = fold<KnownCase>(std::vector{case_event(R"(joined { into_case_id: "b" })")});
  EXPECT_EQ(joined.joined_into, "b");
  EXPECT_EQ(fold<KnownCase>(std::vector{case_event("parted {}")}, joined).joined_into, "");
  const auto head = fold<KnownCase>(std::vector{case_event(R"(
      took_in { case_id: "a" restricted: true named { agency: "social-care" practitioner: "w-1" }
                barred { agency: "police" practitioner: "p-17" } })")});
  EXPECT_THAT(head.joined, ElementsAre("a"));
  EXPECT_TRUE(head.access.bars(kPolice));
  EXPECT_FALSE(head.access.admits(kTriage));
  const auto gave = fold<KnownCase>(std::vector{case_event(R"(gave_back { case_id: "a" })")}, head);
  EXPECT_THAT(gave.joined, IsEmpty());
  EXPECT_EQ(gave.access, head.access);
}

TEST(KnownPerson, IsInTheCasesThatNameThemAndIsWhoTheyAreHeldToBe) {
  const auto person = fold<KnownPerson>(
      std::vector{person_event(R"(in_case { case_id: "c-1" referral_id: "r-1" child: true })"),
                  person_event(R"(in_case { case_id: "c-2" referral_id: "r-2" })"),
                  person_event(R"(person { same_decided { other_person_id: "bo" } })"),
                  person_event(R"(person { same_decided { other_person_id: "cy" } })"),
                  person_event(R"(person { not_same_decided { other_person_id: "bo" } })")});
  EXPECT_THAT(person.cases, ElementsAre("c-1", "c-2"));
  EXPECT_THAT(person.same, ElementsAre("cy"));
}

Family family_with(std::set<std::string> agencies, CaseAccess access = {}) {
  const auto state = fold<KnownCase>(std::vector{kReceived});
  return {.head = "c-1",
          .access = std::move(access),
          .cases = {"c-1"},
          .referrals = state.referrals,
          .agencies = std::move(agencies)};
}

TEST(Family, IsKnownToTheHubAuditorsAndAgenciesWithAPart) {
  const Family family = family_with({"police"});
  for (const Actor& actor : {kTriage, kSocialWorker, kManager, kAuditor, kPolice})
    EXPECT_TRUE(may_know(family, actor).has_value()) << actor.role;
  EXPECT_EQ(may_know(family, kHealth).error().reason, "NOT_FOUND");
}

TEST(Family, ThatDoesNotExistIsRefusedLikeOneToWhichThereIsNoRight) {
  const auto none = may_know({}, kTriage, "item");
  const auto strangers = may_know(family_with({"police"}), kHealth, "item");
  ASSERT_FALSE(none.has_value());
  ASSERT_FALSE(strangers.has_value());
  EXPECT_EQ(none.error().code, strangers.error().code);
  EXPECT_EQ(none.error().message, strangers.error().message);
}

TEST(Family, IsHiddenFromWhomItsRestrictionOrABarKeepsOut) {
  EXPECT_FALSE(may_know(family_with({"police"}, {.barred = {{"police", "p-17"}}}), kPolice));
  const CaseAccess restricted{.restricted = true, .named = {{"social-care", "w-1"}}};
  EXPECT_TRUE(may_know(family_with({"police"}, restricted), kSocialWorker).has_value());
  EXPECT_FALSE(may_know(family_with({"police"}, restricted), kPolice));
}

TEST(Family, NamesWhoeverAnyOfItsReferralsNames) {
  EXPECT_TRUE(family_with({}).names("cy"));
  EXPECT_FALSE(family_with({}).names("dee"));
}

}  // namespace
}  // namespace mash::cases
