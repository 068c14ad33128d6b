#include "referral/intake/submission.h"

#include <gmock/gmock.h>

#include "referral/limits.h"
#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Submission taken(const v1::SubmitContactRequest& request) {
  return Submission::of(request, as(kPolice));
}

std::vector<std::string> faults(const v1::SubmitContactRequest& request) {
  const Submission submission = taken(request);
  std::vector<std::string> fields;
  for (const FieldFault& fault : submission.checks().faults()) fields.push_back(fault.field);
  return fields;
}

std::vector<std::string> set_aside(const v1::SubmitContactRequest& request) {
  std::vector<std::string> fields;
  for (const auto& field : taken(request).set_aside_fields()) fields.push_back(field.field());
  return fields;
}

v1::Identity& first_child(v1::SubmitContactRequest& request) {
  return *request.mutable_children(0)->mutable_identity();
}

TEST(Contact, IsSoundWithAllItNeeds) {
  EXPECT_THAT(faults(contact()), IsEmpty());
  EXPECT_FALSE(taken(contact()).checks().set_anything_aside());
}

TEST(Contact, HearsOfEverythingThatIsWrongAtOnce) {
  auto request = contact();
  request.set_source("police");
  request.mutable_account()->clear_concern();
  request.mutable_account()->clear_parents_know();
  request.clear_lawful_basis();
  first_child(request).mutable_nhs_number()->set_value("9434765918");
  request.mutable_children(0)->mutable_account()->add_factors("99Z");
  EXPECT_THAT(faults(request),
              UnorderedElementsAre("source", "account.concern", "account.parents_know",
                                   "lawful_basis", "children[0].identity.nhs_number.value",
                                   "children[0].account.factors[2]"));
}

TEST(Contact, NeverRepeatsAValueInAFault) {
  auto request = contact();
  first_child(request).mutable_nhs_number()->set_value("9434765918");
  const auto refused = taken(request).checks().verdict();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "INVALID_REQUEST");
  EXPECT_EQ(refused.error().message.find("9434765918"), std::string::npos);
  EXPECT_EQ(refused.error().faults.at(0).description.find("9434765918"), std::string::npos);
}

TEST(Contact, SaysWhyParentsDoNotKnowOrAgree) {
  for (const auto know : {v1::PARENTS_KNOW_NOTHING, v1::PARENTS_KNOW_AND_DISAGREE}) {
    auto request = contact();
    request.mutable_account()->set_parents_know(know);
    EXPECT_THAT(faults(request), ElementsAre("account.parents_why_not"));
    request.mutable_account()->set_parents_why_not("It may put the child at risk.");
    EXPECT_THAT(faults(request), IsEmpty());
  }
}

TEST(Contact, IsNotFromTheFuture) {
  auto request = contact();
  const int64_t now =
      std::chrono::floor<std::chrono::seconds>(utc(kNow)).time_since_epoch().count();
  request.mutable_occurred_at()->set_seconds(now + 299);  // a clock may run a little ahead
  EXPECT_THAT(faults(request), IsEmpty());
  request.mutable_occurred_at()->set_seconds(now + 301);
  EXPECT_THAT(faults(request), ElementsAre("occurred_at"));
}

TEST(Contact, IsNotOlderThanAnyoneLiving) {
  auto request = contact();
  request.mutable_occurred_at()->set_seconds(-2'208'988'801);  // a second before 1900
  EXPECT_THAT(faults(request), ElementsAre("occurred_at"));
  request.mutable_occurred_at()->set_seconds(-2'208'988'800);
  EXPECT_THAT(faults(request), IsEmpty());
}

TEST(Contact, HasAnEntryForEachOfOneToFiftyChildren) {
  auto request = contact();
  request.clear_children();
  EXPECT_THAT(faults(request), ElementsAre("children"));
  for (int i = 0; i < kChildrenMax; ++i) *request.add_children() = contact().children(0);
  EXPECT_THAT(faults(request), IsEmpty());
  *request.add_children() = contact().children(0);
  EXPECT_THAT(faults(request), ElementsAre("children"));
}

TEST(Contact, TellsOfADangerOnlyWhenItIsImmediate) {
  auto request = contact();
  request.mutable_account()->set_danger("He has a knife.");
  EXPECT_THAT(faults(request), ElementsAre("account.danger"));
  request.set_immediate_danger(true);
  EXPECT_THAT(faults(request), IsEmpty());
}

TEST(Contact, KeepsItsTextsWithinLimitsHoweverUrgent) {
  for (auto request : {contact(), urgent_contact()}) {
    request.mutable_account()->set_concern(std::string(kTextBytesMax, 'a'));
    EXPECT_THAT(faults(request), IsEmpty());
    request.mutable_account()->set_concern(std::string(kTextBytesMax + 1, 'a'));
    EXPECT_THAT(faults(request), ElementsAre("account.concern"));
  }
}

TEST(Contact, KeepsAllItsTextsTogetherWithinALimit) {
  auto request = contact();
  for (int i = 0; i < 4; ++i) {
    auto& account = *request.add_children() = contact().children(0);
    account.mutable_account()->set_external_factors(std::string(12'000, 'a'));
  }
  EXPECT_THAT(faults(request), IsEmpty());
  auto& one_more = *request.add_children() = contact().children(0);
  one_more.mutable_account()->set_external_factors(std::string(2'000, 'a'));
  EXPECT_THAT(faults(request), ElementsAre("account"));
}

TEST(Contact, EntersFactorsOfTheCensusOnceAndNoRetiredOnes) {
  auto request = contact();
  auto& account = *request.mutable_children(0)->mutable_account();
  account.add_factors("16A");
  EXPECT_THAT(taken(request).request().children(0).account().factors(), ElementsAre("16A", "3A"));
  account.add_factors("18A");
  EXPECT_THAT(faults(request), ElementsAre("children[0].account.factors[3]"));
}

TEST(Contact, StandsOnExactlyOneRegime) {
  auto request = contact();
  request.mutable_lawful_basis()->set_law_enforcement(true);
  EXPECT_THAT(faults(request), ElementsAre("lawful_basis.article_6"));
  request.mutable_lawful_basis()->clear_article_6();
  EXPECT_THAT(faults(request), IsEmpty());
  request.mutable_lawful_basis()->set_law_enforcement(false);
  EXPECT_THAT(faults(request), ElementsAre("lawful_basis"));
}

TEST(Contact, NamesTheConditionItsArticle9BasisNeeds) {
  auto request = contact();
  request.mutable_lawful_basis()->set_schedule_1_paragraph(0);
  EXPECT_THAT(faults(request), ElementsAre("lawful_basis.schedule_1_paragraph"));
  request.mutable_lawful_basis()->set_article_9(v1::ARTICLE9_HEALTH_OR_SOCIAL_CARE);
  request.mutable_lawful_basis()->set_schedule_1_paragraph(18);
  EXPECT_THAT(faults(request), ElementsAre("lawful_basis.schedule_1_paragraph"));
  request.mutable_lawful_basis()->set_schedule_1_paragraph(2);
  EXPECT_THAT(faults(request), IsEmpty());
  request.mutable_lawful_basis()->set_schedule_1_paragraph(38);
  EXPECT_THAT(faults(request), ElementsAre("lawful_basis.schedule_1_paragraph"));
}

TEST(Child, NeedsSomethingToBeToldApartBy) {
  auto request = contact();
  first_child(request).Clear();
  EXPECT_THAT(faults(request), ElementsAre("children[0].identity"));
  first_child(request).set_description("A girl of about four in a red coat.");
  EXPECT_THAT(faults(request), IsEmpty());
}

TEST(Child, MayHaveANameInAnyScript) {
  auto request = contact();
  std::string name;
  for (int i = 0; i < 300; ++i) name += "ж";
  first_child(request).set_given_names(name);
  EXPECT_THAT(faults(request), IsEmpty());
  first_child(request).set_given_names(name + "ж");
  EXPECT_THAT(faults(request), ElementsAre("children[0].identity.given_names"));
  first_child(request).set_given_names("Ada\nBell");
  EXPECT_THAT(faults(request), ElementsAre("children[0].identity.given_names"));
}

TEST(Child, KeepsItsNumbersWithoutSpaces) {
  auto request = contact();
  first_child(request).mutable_nhs_number()->set_value("943 476 5919");
  first_child(request).mutable_upn()->set_value("h801200001001");
  first_child(request).add_addresses()->set_postcode("gl12tg");
  const Submission submission = taken(request);
  EXPECT_TRUE(submission.checks().verdict().has_value());
  const v1::Identity& child = submission.request().children(0).identity();
  EXPECT_EQ(child.nhs_number().value(), "9434765919");
  EXPECT_EQ(child.upn().value(), "H801200001001");
  EXPECT_EQ(child.addresses(0).postcode(), "GL1 2TG");
}

TEST(Child, HasNoNumberForATypedReason) {
  auto request = contact();
  first_child(request).mutable_nhs_number()->set_absence(v1::IDENTIFIER_ABSENCE_NOT_KNOWN);
  EXPECT_THAT(faults(request), IsEmpty());
  first_child(request).mutable_nhs_number()->set_value("9434765919");
  EXPECT_THAT(faults(request), ElementsAre("children[0].identity.nhs_number.absence"));
  first_child(request).mutable_nhs_number()->clear_value();
  first_child(request).mutable_nhs_number()->set_absence(v1::IDENTIFIER_ABSENCE_UNVERIFIED);
  EXPECT_THAT(faults(request), ElementsAre("children[0].identity.nhs_number.absence"));
}

TEST(Child, IsBornOnADayThatHasBeen) {
  auto request = contact();
  auto& birth = *first_child(request).mutable_birth_date();
  birth = proto<v1::PartialDate>("year: 2026 month: 3 day: 4");
  EXPECT_THAT(faults(request), IsEmpty());
  birth = proto<v1::PartialDate>("year: 2026");
  EXPECT_THAT(faults(request), IsEmpty());
  for (const char* wrong :
       {"year: 2026 month: 3 day: 5", "year: 2027", "year: 2023 month: 2 day: 29",
        "year: 2020 day: 3", "year: 2020 month: 13", "month: 3", "year: 1899"}) {
    birth = proto<v1::PartialDate>(wrong);
    EXPECT_THAT(faults(request), ElementsAre("children[0].identity.birth_date")) << wrong;
  }
}

TEST(Child, IsNobodyMuchTooOldToBeOne) {
  auto request = contact();
  first_child(request).mutable_birth_date()->set_year(2000);
  EXPECT_THAT(faults(request), IsEmpty());
  first_child(request).mutable_birth_date()->set_year(1999);
  EXPECT_THAT(faults(request), ElementsAre("children[0].identity.birth_date"));
}

TEST(UnbornChild, HasAnExpectedDateOfDelivery) {
  auto request = contact();
  first_child(request) = proto<v1::Identity>("unborn: true");
  EXPECT_THAT(faults(request), ElementsAre("children[0].identity.expected_delivery"));
  first_child(request).set_expected_delivery("2026-06-01");
  EXPECT_THAT(faults(request), IsEmpty());
}

TEST(UnbornChild, IsExpectedWhenAPregnancyCanEnd) {
  auto request = contact();
  first_child(request) = proto<v1::Identity>("unborn: true");
  for (const char* day : {"2026-01-21", "2027-01-06"}) {
    first_child(request).set_expected_delivery(day);
    EXPECT_THAT(faults(request), IsEmpty()) << day;
  }
  for (const char* day : {"2026-01-20", "2027-01-07", "2026-02-30", "soon"}) {
    first_child(request).set_expected_delivery(day);
    EXPECT_THAT(faults(request), ElementsAre("children[0].identity.expected_delivery")) << day;
  }
}

TEST(UnbornChild, IsNotBorn) {
  auto request = contact();
  first_child(request).set_expected_delivery("2026-06-01");
  EXPECT_THAT(faults(request), ElementsAre("children[0].identity.expected_delivery"));
  first_child(request).set_unborn(true);
  EXPECT_THAT(faults(request), ElementsAre("children[0].identity.birth_date"));
}

TEST(UrgentContact, NeedsOnlyASentenceAndAnEntryForTheChild) {
  EXPECT_THAT(faults(urgent_contact()), IsEmpty());
  auto request = urgent_contact();
  request.mutable_account()->clear_danger();
  EXPECT_THAT(faults(request), ElementsAre("account.danger"));
  request.mutable_account()->set_concern("He is coming back tonight.");
  EXPECT_THAT(faults(request), IsEmpty());
  request.clear_children();
  EXPECT_THAT(faults(request), ElementsAre("children"));
}

TEST(UrgentContact, IsTakenWithEverythingThatDoesNotCheckSetAside) {
  auto request = urgent_contact();
  request.set_source("police");
  request.mutable_occurred_at()->set_seconds(9'999'999'999);
  request.mutable_lawful_basis()->set_schedule_1_paragraph(99);
  request.mutable_children(0)->mutable_account()->add_factors("99Z");
  first_child(request) = proto<v1::Identity>(R"(
    unborn: true
    birth_date { year: 2030 }
    nhs_number { value: "943 476 5918" }
    upn { value: "X" }
    addresses { postcode: "nowhere" }
  )");
  EXPECT_THAT(faults(request), IsEmpty());
  EXPECT_THAT(set_aside(request),
              UnorderedElementsAre(
                  "source", "occurred_at", "lawful_basis.schedule_1_paragraph",
                  "children[0].account.factors[0]", "children[0].identity.birth_date",
                  "children[0].identity.nhs_number.value", "children[0].identity.upn.value",
                  "children[0].identity.addresses[0].postcode"));
}

TEST(UrgentContact, KeepsAWrongNumberAsItWasWrittenAndDoesNotUseIt) {
  auto request = urgent_contact();
  first_child(request).mutable_nhs_number()->set_value("943 476 5918");
  const Submission submission = taken(request);
  const v1::Identity& child = submission.request().children(0).identity();
  EXPECT_EQ(child.nhs_number().value(), "");
  EXPECT_EQ(child.nhs_number().absence(), v1::IDENTIFIER_ABSENCE_UNVERIFIED);
  ASSERT_EQ(child.set_aside_size(), 1);
  EXPECT_EQ(child.set_aside(0).value(), "943 476 5918");
  EXPECT_THAT(submission.set_aside(), IsEmpty());  // identity lives with the person alone
  EXPECT_TRUE(submission.checks().set_anything_aside());
}

TEST(UrgentContact, CannotSetAnythingAsideItself) {
  auto request = urgent_contact();
  first_child(request).add_set_aside()->set_value("planted");
  EXPECT_THAT(taken(request).request().children(0).identity().set_aside(), IsEmpty());
}

v1::ContactConsent& consent(v1::SubmitContactRequest& request) {
  return *request.mutable_account()->mutable_consent();
}

TEST(Consent, SaysWhoGaveItAndInWhatCapacity) {
  auto request = contact();
  consent(request).set_state(v1::CONSENT_STATE_GIVEN);
  EXPECT_THAT(faults(request), ElementsAre("account.consent.by", "account.consent.capacity"));
  consent(request).set_by("The mother.");
  consent(request).set_capacity(v1::CONSENT_CAPACITY_PARENTAL_RESPONSIBILITY);
  EXPECT_THAT(faults(request), IsEmpty());
}

TEST(Consent, ThatIsMissingIsExplained) {
  for (const auto state : {v1::CONSENT_STATE_NOT_SOUGHT_RISK, v1::CONSENT_STATE_NOT_SOUGHT_CRIME,
                           v1::CONSENT_STATE_NOT_SOUGHT_IMPRACTICABLE}) {
    auto request = contact();
    consent(request).set_state(state);
    EXPECT_THAT(faults(request), ElementsAre("account.consent.reason"));
    consent(request).set_reason("It would warn him.");
    EXPECT_THAT(faults(request), IsEmpty());
  }
  auto refused = contact();
  consent(refused).set_state(v1::CONSENT_STATE_REFUSED);
  EXPECT_THAT(faults(refused), ElementsAre("account.consent.by", "account.consent.capacity",
                                           "account.consent.reason"));
  auto unsaid = contact();
  consent(unsaid).set_by("The mother.");
  EXPECT_THAT(faults(unsaid), ElementsAre("account.consent.state"));
}

TEST(Consent, IsThereWhereItIsTheBasisForTelling) {
  auto request = contact();
  request.mutable_lawful_basis()->set_article_6(v1::ARTICLE6_CONSENT);
  EXPECT_THAT(faults(request), ElementsAre("account.consent"));
  consent(request) = proto<v1::ContactConsent>(R"(
    state: CONSENT_STATE_GIVEN by: "Herself." capacity: CONSENT_CAPACITY_SIXTEEN_OR_SEVENTEEN)");
  EXPECT_THAT(faults(request), IsEmpty());
}

TEST(UrgentContact, NeedsNobodysConsent) {
  auto request = urgent_contact();
  consent(request).set_state(v1::CONSENT_STATE_REFUSED);
  request.mutable_lawful_basis()->set_article_6(v1::ARTICLE6_CONSENT);
  EXPECT_THAT(faults(request), IsEmpty());
}

v1::SubmittedPerson mother() {
  return proto<v1::SubmittedPerson>(R"(
    identity { given_names: "Eve" family_name: "Bell" birth_date { year: 1949 } }
    role: PERSON_ROLE_PARENT)");
}

TEST(Person, MayBeOfAnyAgeAndSaysWhatTheyAreInIt) {
  auto request = contact();
  *request.add_people() = mother();
  EXPECT_THAT(faults(request), IsEmpty());
  request.mutable_people(0)->clear_role();
  EXPECT_THAT(faults(request), ElementsAre("people[0].role"));
  request.mutable_people(0)->set_role(v1::PERSON_ROLE_CHILD);
  EXPECT_THAT(faults(request), ElementsAre("people[0].role"));
  *request.mutable_people(0) = proto<v1::SubmittedPerson>("role: PERSON_ROLE_CARER");
  EXPECT_THAT(faults(request), ElementsAre("people[0].identity"));
}

TEST(Person, IsOneOfAtMostFifty) {
  auto request = contact();
  for (int i = 0; i < kPeopleMax; ++i) *request.add_people() = mother();
  EXPECT_THAT(faults(request), IsEmpty());
  *request.add_people() = mother();
  EXPECT_THAT(faults(request), ElementsAre("people"));
}

TEST(Person, WhoWorksForAnAgencyIsNamedByTheirCredentials) {
  auto request = contact();
  *request.add_people() = mother();
  auto& works_as = *request.mutable_people(0)->mutable_works_as();
  works_as = proto<v1::PractitionerName>(R"(agency: "police" practitioner: "pc-4821")");
  EXPECT_THAT(faults(request), IsEmpty());
  works_as.set_practitioner("Eve Bell");
  EXPECT_THAT(faults(request), ElementsAre("people[0].works_as"));
}

constexpr char kKnown[] = "01925f3a-7c1e-7b43-9d52-0242ac120009";

TEST(KnownPerson, IsNamedByIdInsteadOfAnIdentity) {
  auto request = contact();
  request.mutable_children(0)->set_person_id(kKnown);
  EXPECT_THAT(faults(request), ElementsAre("children[0].person_id"));
  request.mutable_children(0)->clear_identity();
  EXPECT_THAT(faults(request), IsEmpty());
  request.mutable_children(0)->set_person_id("Ada");
  EXPECT_THAT(faults(request),
              UnorderedElementsAre("children[0].person_id", "children[0].identity"));
}

TEST(KnownPerson, HasOnePlaceInAContact) {
  auto request = contact();
  request.mutable_children(0)->clear_identity();
  request.mutable_children(0)->set_person_id(kKnown);
  *request.add_people() = proto<v1::SubmittedPerson>("role: PERSON_ROLE_SIBLING");
  request.mutable_people(0)->set_person_id(kKnown);
  EXPECT_THAT(faults(request), ElementsAre("people[0].person_id"));
}

TEST(UrgentContact, SetsAsideWhatDoesNotCheckOfOthersInvolved) {
  auto request = urgent_contact();
  auto& person = *request.add_people() = mother();
  person.set_role(v1::PERSON_ROLE_CHILD);
  person.set_person_id("Eve");
  person.mutable_identity()->mutable_nhs_number()->set_value("1");
  person.mutable_works_as()->set_practitioner("Eve Bell");
  EXPECT_THAT(faults(request), IsEmpty());
  EXPECT_THAT(set_aside(request),
              UnorderedElementsAre("people[0].role", "people[0].person_id", "people[0].works_as",
                                   "people[0].identity.nhs_number.value"));
  EXPECT_FALSE(taken(request).request().people(0).has_works_as());
}

TEST(UrgentContact, IsForgivenWhatItDoesNotSayOfOthersInvolved) {
  const Submission urgent = taken(urgent_contact());
  EXPECT_TRUE(urgent.forgives({"people[0].role", "is required"}));
  EXPECT_TRUE(urgent.forgives({"account.consent.state", "is required"}));
  EXPECT_FALSE(urgent.forgives({"children", "is required"}));
  EXPECT_FALSE(taken(contact()).forgives({"people[0].role", "is required"}));
}

TEST(KnownPerson, WhomTheSenderNeverToldOfIsRefusedOrTakenAsNew) {
  auto request = contact();
  request.mutable_children(0)->clear_identity();
  request.mutable_children(0)->set_person_id(kKnown);
  Submission submission = taken(request);
  const auto refused = submission.let_go_of_child(0);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "NOT_FOUND");
  EXPECT_THAT(faulty_fields(refused), ElementsAre("children[0].person_id"));

  request.set_immediate_danger(true);
  Submission urgent = taken(request);
  EXPECT_TRUE(urgent.let_go_of_child(0).has_value());
  EXPECT_EQ(urgent.request().children(0).person_id(), "");
  EXPECT_EQ(urgent.set_aside_fields().at(0).field(), "children[0].person_id");
}

TEST(Contact, BringsIdsForThoseItDoesNotNameAndNoMore) {
  auto request = contact();
  *request.add_people() = mother();
  EXPECT_EQ(fresh_persons(request), 2U);
  request.mutable_children(0)->set_person_id(kKnown);
  EXPECT_EQ(fresh_persons(request), 1U);
  // Of an urgent one the id may turn out to be nobody's.
  request.set_immediate_danger(true);
  EXPECT_EQ(fresh_persons(request), 2U);
  for (int i = 0; i < 100; ++i) *request.add_people() = mother();
  EXPECT_EQ(fresh_persons(request), 1U + kPeopleMax);
}

}  // namespace
}  // namespace mash::referral
