#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sharing/testing/papers.h"

// What the law of a day and the kind of a body make of one decision, and what asks for a second
// signature.
namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The same decision under the law of another day.
Papers on(Papers papers, const std::string& year, std::string_view now) {
  papers.law = &law(year);
  papers.now = utc(now);
  return papers;
}

TEST(Law, ObligesToDiscloseSince2026) {
  EXPECT_THAT(lines(health_safeguards().faults()), IsEmpty());
  EXPECT_THAT(lines(on(health_safeguards(), "2025", "2026-09-29T12:00:00Z").faults()),
              ElementsAre("gateway-in-force terms.gateways[0]"));
  // In London the day begins an hour before it does in Greenwich.
  EXPECT_THAT(lines(on(health_safeguards(), "2026", "2026-09-29T23:00:00Z").faults()), IsEmpty());
}

TEST(Law, KnowsDetrimentAsAGroundSince2026) {
  Papers withheld = health_withholds();
  withheld.item().set_ground("detriment-16la-3");
  EXPECT_THAT(lines(withheld.faults()), IsEmpty());
  EXPECT_THAT(lines(on(withheld, "2018", "2019-05-07T12:00:00Z").faults()),
              ElementsAre("ground-in-force terms.items[0].ground"));
}

TEST(Law, OpensRecognisedInterestsToCharitiesSince2025) {
  EXPECT_THAT(lines(refuge_shares().faults()), IsEmpty());
  EXPECT_THAT(lines(on(refuge_shares(), "2025", "2026-03-02T12:00:00Z").faults()), IsEmpty());
  EXPECT_THAT(lines(on(refuge_shares(), "2018", "2026-02-04T12:00:00Z").faults()),
              ElementsAre("basis-in-force terms.basis"));
  Papers school = school_shares();
  school.terms.set_basis("6-1-ea");
  EXPECT_THAT(lines(school.faults()), ElementsAre("basis-open-to-body terms.basis"));
  Papers older = refuge_shares();
  older.terms.set_basis("6-1-f");
  EXPECT_THAT(lines(on(older, "2018", "2020-01-06T12:00:00Z").faults()), IsEmpty());
}

TEST(Law, OfEveryYearTakesWhatItAlwaysTook) {
  for (const auto& [year, now] : {std::pair{"2018", "2018-07-04T12:00:00Z"},
                                  {"2025", "2026-02-05T12:00:00Z"},
                                  {"2026", "2026-09-30T12:00:00Z"}})
    for (const auto& lawful : {health_shares, health_withholds, health_sanitises, school_shares,
                               police_safeguard, police_enforce, refuge_shares_by_consent})
      EXPECT_THAT(lines(on(lawful(), year, now).faults()), IsEmpty()) << year;
}

TEST(Law, LetsAKnownConsentStandForAReasonToDoWithout) {
  Papers police = police_safeguard();
  police.terms.clear_without_consent();
  police.terms.mutable_consent()->set_consent_id(kConsent);
  police.consent = refuge_shares_by_consent().consent;
  EXPECT_THAT(lines(police.faults()), IsEmpty());
  police.consent->terms.add_recipients("health");
  EXPECT_THAT(lines(police.faults()),
              ElementsAre("without-consent-needs-reason terms.without_consent"));
}

TEST(Law, AsksNoDocumentOfWhoDisclosesToACompetentAuthority) {
  Papers health = health_shares();
  health.state().data_kind = v1::DATA_KIND_CRIMINAL_OFFENCE;
  health.terms.clear_special_condition();
  health.terms.clear_schedule_1_condition();
  health.terms.set_criminal_condition("sch1-10");
  health.terms.set_gateways(0, "ca2004-s11");
  EXPECT_THAT(lines(health.faults()), ElementsAre("policy-document-named terms.policy_document"));
  health.recipient() = proto<v1::Recipient>("agency: 'police' regime: REGIME_LAW_ENFORCEMENT");
  EXPECT_THAT(lines(health.faults()), IsEmpty());
}

TEST(Law, LetsADutySetConfidenceAside) {
  Papers health = health_safeguards();
  health.state().in_confidence = true;
  health.terms.set_confidence(v1::CONFIDENCE_BASIS_STATUTORY_DUTY);
  EXPECT_THAT(lines(health.faults()), IsEmpty());
  health.terms.set_confidence(v1::CONFIDENCE_BASIS_PUBLIC_INTEREST);
  health.terms.set_confidence_weighed("She will not come again; but the child is at risk.");
  EXPECT_THAT(lines(health.faults()), IsEmpty());
}

TEST(Law, OpensProtectedIdentitiesOnlyForAReason) {
  Papers school = school_shares();
  school.state().protected_identities = 1;
  school.item().set_release_protected_reason("Social care must place her elsewhere tonight.");
  EXPECT_THAT(lines(school.faults()), IsEmpty());
}

TEST(Law, LetsADecisionTakeThePlaceOfTheOneInForce) {
  Papers school = school_shares();
  school.state().grants.push_back({.recipient = school.recipient(),
                                   .decision_id = uuid(77),
                                   .decision_version = 1,
                                   .disclosed = true,
                                   .ground = ""});
  EXPECT_THAT(lines(school.faults()), ElementsAre("item-decided-once terms.items[0].item_id"));
  school.supersedes = uuid(77);
  EXPECT_THAT(lines(school.faults()), IsEmpty());
  school.supersedes.clear();
  school.state().grants.front().until = school.now;
  EXPECT_THAT(lines(school.faults()), IsEmpty());
}

TEST(Law, NamesEveryFaultAtOnceWithItsSource) {
  Papers nothing = school_shares();
  nothing.terms.Clear();
  *nothing.terms.add_items() = v1::DecidedItem();
  nothing.terms.set_outcome(v1::SHARING_OUTCOME_SHARE);
  nothing.terms.add_recipients();
  const auto faults = nothing.faults();
  EXPECT_THAT(
      lines(faults),
      ElementsAre(
          "item-needs-disposition terms.items[0].disposition",
          "item-in-case terms.items[0].item_id", "recipient-known terms.recipients[0].agency",
          "recipient-regime terms.recipients[0].regime", "purpose-stated terms.purpose",
          "necessity-stated terms.necessity", "proportionality-stated terms.proportionality",
          "family-told-or-why-not terms.family_told", "regime-stated terms.regime",
          "basis-needed terms.basis", "consent-sought-or-why-not terms.consent.not_sought_reason"));
  for (const v1::RuleFault& fault : faults) {
    EXPECT_FALSE(fault.problem().empty());
    EXPECT_FALSE(fault.remedy().empty());
    EXPECT_FALSE(fault.source().empty());
  }
}

// The shipped pack with more after one of its places.
Result<policy::LawfulBasis> with(const std::string& place, const std::string& more) {
  std::ifstream file(MASH_SOURCE_DIR "/deploy/policy/lawful-basis-2026.yaml");
  std::stringstream text;
  text << file.rdbuf();
  std::string yaml = text.str();
  EXPECT_THAT(yaml, HasSubstr(place));
  yaml.insert(yaml.find(place) + place.size(), more);
  return policy::LawfulBasis::parse(yaml);
}

TEST(Law, LeavesARuleAloneOutsideItsDates) {
  const auto later = with("  purpose-stated:\n", "    from: 2027-01-01\n");
  ASSERT_TRUE(later.has_value()) << mash::testing::brief(later.error());
  Papers school = school_shares();
  school.terms.clear_purpose();
  school.law = &*later;
  EXPECT_THAT(lines(school.faults()), IsEmpty());
  school.now = utc("2027-01-01T12:00:00Z");
  EXPECT_THAT(lines(school.faults()), ElementsAre("purpose-stated terms.purpose"));
}

TEST(SecondSignature, IsAskedWhereARefusalIsOverridden) {
  Papers school = school_shares();
  EXPECT_FALSE(school.needs_second_signature());
  *school.terms.mutable_consent() = proto<v1::ConsentWeighed>(
      "sought: true refused: true override_reason: 'Risk.' override_manager: 'm-1'");
  EXPECT_TRUE(school.needs_second_signature());
  Papers withheld = health_withholds();
  *withheld.terms.mutable_consent() = proto<v1::ConsentWeighed>("sought: true refused: true");
  EXPECT_FALSE(withheld.needs_second_signature()) << "nothing is overridden";
}

TEST(SecondSignature, IsAskedFromTheDayThePackSays) {
  const auto later = with("second_signature: {", "from: 2027-01-01, ");
  ASSERT_TRUE(later.has_value()) << mash::testing::brief(later.error());
  Papers school = school_shares();
  school.state().protected_identities = 1;
  school.law = &*later;
  EXPECT_FALSE(school.needs_second_signature());
  school.now = utc("2027-01-01T12:00:00Z");
  EXPECT_TRUE(school.needs_second_signature());
}

TEST(SecondSignature, IsAskedWhereAProtectedIdentityGoesOut) {
  Papers school = school_shares();
  school.state().protected_identities = 2;
  EXPECT_TRUE(school.needs_second_signature());
  EXPECT_FALSE(health_sanitises().needs_second_signature());
}

TEST(SecondSignature, IsAskedWhereDetrimentIsTheGround) {
  Papers withheld = health_withholds();
  EXPECT_FALSE(withheld.needs_second_signature());
  withheld.item().set_ground("detriment-16la-3");
  EXPECT_TRUE(withheld.needs_second_signature());
  Papers sanitised = health_sanitises();
  sanitised.item().set_ground("detriment-16la-3");
  EXPECT_TRUE(sanitised.needs_second_signature());
}

}  // namespace
}  // namespace mash::sharing
