#include "referral/people/person.h"

#include <gmock/gmock.h>

#include "referral/testing/cast.h"

namespace mash::referral {

// How a scenario tells of a command that is no message.
static std::string brief(const Person::Newcomer& newcomer) {
  return "Newcomer { " + newcomer.identity.ShortDebugString() + " }";
}
static std::string brief(const Person::Correction& correction) {
  return "Correction { " + correction.request.ShortDebugString() + " }";
}

namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using Event = Person::Event;

const auto kRegistered = proto<Event>(R"(
  registered { agency: "police" referral_id: "r-1" identity { family_name: "Bell" } })");

v1::CorrectPersonRequest correction() {
  return proto<v1::CorrectPersonRequest>(R"(
    person_id: "p-1" reason: "Birth certificate seen."
    identity { family_name: "Bell" given_names: "Ada" nhs_number { value: "943 476 5919" } })");
}

const auto kCorrectedByPolice = proto<Event>(R"(
  corrected {
    agency: "police" referral_id: "r-1" reason: "Birth certificate seen."
    identity { family_name: "Bell" given_names: "Ada" nhs_number { value: "9434765919" } }
  })");

TEST(Person, IsRegisteredByTheHub) {
  const auto request = proto<v1::RegisterPersonRequest>(R"(identity { family_name: "Bell" })");
  given<Person>({}).when(request, as(kTriage)).then({proto<Event>(R"(
    registered { agency: "social-care" identity { family_name: "Bell" } })")});
}

TEST(Person, ComesWithAContact) {
  const auto identity = proto<v1::Identity>(R"(family_name: "Bell")");
  given<Person>({}).when(Person::Newcomer{identity, "r-1"}, as(kPolice)).then({kRegistered});
}

TEST(Person, IsNotRegisteredTwice) {
  const auto request = proto<v1::RegisterPersonRequest>(R"(identity { family_name: "Bell" })");
  given<Person>({kRegistered}).when(request, as(kTriage)).then_refused("PERSON_EXISTS");
  const auto identity = request.identity();
  given<Person>({kRegistered})
      .when(Person::Newcomer{identity, "r-2"}, as(kPolice))
      .then_refused("PERSON_EXISTS");
}

TEST(Person, MayBeGrownUp) {
  const auto request = proto<v1::RegisterPersonRequest>(
      R"(identity { family_name: "Bell" birth_date { year: 1950 } })");
  EXPECT_TRUE(given<Person>({}).when(request, as(kTriage)).outcome().has_value());
}

TEST(Person, IsNotRegisteredWithWhatDoesNotCheck) {
  const auto request =
      proto<v1::RegisterPersonRequest>(R"(identity { nhs_number { value: "9434765918" } })");
  EXPECT_THAT(faulty_fields(given<Person>({}).when(request, as(kTriage)).outcome()),
              ElementsAre("identity", "identity.nhs_number.value"));
}

TEST(Person, IsCorrectedByWhoeverToldOfThem) {
  given<Person>({kRegistered})
      .when(Person::Correction{correction()}, as(kPolice))
      .then({kCorrectedByPolice});
}

TEST(Person, IsCorrectedByTheHub) {
  Event corrected = kCorrectedByPolice;
  corrected.mutable_corrected()->set_agency("social-care");
  given<Person>({kRegistered})
      .when(Person::Correction{correction()}, as(kTriage))
      .then({corrected});
}

TEST(Person, DoesNotExistForAnotherAgency) {
  given<Person>({kRegistered})
      .when(Person::Correction{correction()}, as(kSchool))
      .then_refused("NOT_FOUND");
  // Having been corrected by the hub changes nothing in who told of them.
  Event corrected = kCorrectedByPolice;
  corrected.mutable_corrected()->set_agency("social-care");
  given<Person>({kRegistered, corrected})
      .when(Person::Correction{correction()}, as(kSchool))
      .then_refused("NOT_FOUND");
}

TEST(Person, MustBeKnownToBeCorrected) {
  given<Person>({}).when(Person::Correction{correction()}, as(kTriage)).then_refused("NOT_FOUND");
}

TEST(Person, IsNotCorrectedToWhatDoesNotCheck) {
  auto request = correction();
  request.mutable_identity()->mutable_upn()->set_value("A801200001001");
  EXPECT_THAT(
      faulty_fields(
          given<Person>({kRegistered}).when(Person::Correction{request}, as(kPolice)).outcome()),
      ElementsAre("identity.upn.value"));
}

TEST(Person, IsKnownToEachAgencyThatToldOfThem) {
  const auto told_of = Person::told_of("education", "r-2");
  Event corrected = kCorrectedByPolice;
  corrected.mutable_corrected()->set_agency("education");
  given<Person>({kRegistered, told_of})
      .when(Person::Correction{correction()}, as(kSchool))
      .then({corrected});
}

v1::CorrectPersonRequest birth() {
  return proto<v1::CorrectPersonRequest>(R"(
    person_id: "p-1" reason: "The midwife told."
    identity { family_name: "Bell" birth_date { year: 2026 month: 3 day: 2 } })");
}

TEST(UnbornChild, BecomesAChildWithItsBirth) {
  given<Person>({kRegistered})
      .when(Person::Correction{birth(), true}, as(kPolice))
      .then({proto<Event>(R"(
        corrected {
          agency: "police" referral_id: "r-1" reason: "The midwife told." born: true
          identity { family_name: "Bell" birth_date { year: 2026 month: 3 day: 2 } }
        })")});
}

TEST(UnbornChild, IsBornOnADay) {
  auto request = birth();
  request.mutable_identity()->clear_birth_date();
  EXPECT_THAT(faulty_fields(given<Person>({kRegistered})
                                .when(Person::Correction{request, true}, as(kPolice))
                                .outcome()),
              ElementsAre("identity.birth_date"));
}

TEST(UnbornChild, IsExpectedNoMoreOnceBorn) {
  auto request = birth();
  request.mutable_identity()->set_expected_delivery("2026-03-20");
  const auto corrected =
      given<Person>({kRegistered}).when(Person::Correction{request, true}, as(kPolice)).outcome();
  ASSERT_TRUE(corrected.has_value());
  EXPECT_EQ(corrected->front().corrected().identity().expected_delivery(), "");
}

TEST(UnbornChild, MayHaveBeenTakenForBorn) {
  const auto request = proto<v1::CorrectPersonRequest>(R"(
    person_id: "p-1" reason: "The mother is pregnant."
    identity { unborn: true expected_delivery: "2026-06-01" })");
  const auto corrected =
      given<Person>({kRegistered}).when(Person::Correction{request}, as(kPolice)).outcome();
  ASSERT_TRUE(corrected.has_value());
  EXPECT_TRUE(corrected->front().corrected().unborn());
  EXPECT_FALSE(corrected->front().corrected().born());
}

TEST(Person, WhoTurnedEighteenIsStillCorrected) {
  auto request = correction();
  *request.mutable_identity()->mutable_birth_date() =
      proto<v1::PartialDate>("year: 1999 month: 1 day: 1");
  EXPECT_TRUE(given<Person>({kRegistered})
                  .when(Person::Correction{request}, as(kPolice))
                  .outcome()
                  .has_value());
}

}  // namespace
}  // namespace mash::referral
