#include "referral/submission.h"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace mash::referral
