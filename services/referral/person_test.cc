#include "referral/person.h"

#include <gmock/gmock.h>

#include "referral/testing/cast.h"

namespace mash::referral {

// How a scenario tells of a command that is no message.
static std::string brief(const Newcomer& newcomer) {
  return "Newcomer { " + newcomer.identity.ShortDebugString() + " }";
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
    agency: "police" reason: "Birth certificate seen."
    identity { family_name: "Bell" given_names: "Ada" nhs_number { value: "9434765919" } }
  })");

TEST(Person, IsRegisteredByTheHub) {
  const auto request = proto<v1::RegisterPersonRequest>(R"(identity { family_name: "Bell" })");
  given<Person>({}).when(request, as(kTriage)).then({proto<Event>(R"(
    registered { agency: "social-care" identity { family_name: "Bell" } })")});
}

TEST(Person, ComesWithAContact) {
  const auto identity = proto<v1::Identity>(R"(family_name: "Bell")");
  given<Person>({}).when(Newcomer{identity, "r-1"}, as(kPolice)).then({kRegistered});
}

TEST(Person, IsNotRegisteredTwice) {
  const auto request = proto<v1::RegisterPersonRequest>(R"(identity { family_name: "Bell" })");
  given<Person>({kRegistered}).when(request, as(kTriage)).then_refused("PERSON_EXISTS");
  const auto identity = request.identity();
  given<Person>({kRegistered})
      .when(Newcomer{identity, "r-2"}, as(kPolice))
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
  given<Person>({kRegistered}).when(correction(), as(kPolice)).then({kCorrectedByPolice});
}

TEST(Person, IsCorrectedByTheHub) {
  Event corrected = kCorrectedByPolice;
  corrected.mutable_corrected()->set_agency("social-care");
  given<Person>({kRegistered}).when(correction(), as(kTriage)).then({corrected});
}

TEST(Person, DoesNotExistForAnotherAgency) {
  given<Person>({kRegistered}).when(correction(), as(kSchool)).then_refused("NOT_FOUND");
  // Having been corrected by the hub changes nothing in who told of them.
  Event corrected = kCorrectedByPolice;
  corrected.mutable_corrected()->set_agency("social-care");
  given<Person>({kRegistered, corrected}).when(correction(), as(kSchool)).then_refused("NOT_FOUND");
}

TEST(Person, MustBeKnownToBeCorrected) {
  given<Person>({}).when(correction(), as(kTriage)).then_refused("NOT_FOUND");
}

TEST(Person, IsNotCorrectedToWhatDoesNotCheck) {
  auto request = correction();
  request.mutable_identity()->mutable_upn()->set_value("A801200001001");
  EXPECT_THAT(faulty_fields(given<Person>({kRegistered}).when(request, as(kPolice)).outcome()),
              ElementsAre("identity.upn.value"));
}

}  // namespace
}  // namespace mash::referral
