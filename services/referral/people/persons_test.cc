#include "referral/people/persons.h"

#include <gmock/gmock.h>

#include "referral/contexts/context_reads.h"
#include "referral/joining/history.h"
#include "referral/people/person_commands.h"
#include "referral/people/person_reads.h"
#include "referral/people/person_row.h"
#include "referral/testing/service_log.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class Persons : public ServiceLog {
 protected:
  // A child who came with a contact of an agency.
  std::string child_told_by(const Actor& actor) {
    const std::string referral_id = submit(actor);
    return contact_so_far(*log_, referral_id).value()->received.child_ids(0);
  }

  Result<log::Appended> hold_same(const std::string& one, const std::string& other) {
    auto request = proto<v1::SamePersonRequest>(R"(reason: "Same NHS number.")");
    request.set_person_id(one);
    request.set_other_person_id(other);
    return attempt(context(kTriage),
                   [&](log::UnitOfWork& unit) { return same_person(*log_, unit, request); });
  }

  Result<log::Appended> hold_apart(const std::string& one, const std::string& other) {
    auto request = proto<v1::NotSamePersonRequest>(R"(reason: "Twins.")");
    request.set_person_id(one);
    request.set_other_person_id(other);
    return attempt(context(kTriage),
                   [&](log::UnitOfWork& unit) { return not_same_person(unit, request); });
  }

  std::string relate(const std::string& one, const std::string& other) {
    auto request = proto<v1::RelatePersonsRequest>(R"(
      relation { kind: RELATION_KIND_PARENT_OF source: "The school." })");
    request.set_person_id(one);
    request.mutable_relation()->set_other_person_id(other);
    const Context by = context(kTriage);
    run(by, [&](log::UnitOfWork& unit) { return relate_persons(unit, request); });
    return by.fresh_ids.front();
  }

  std::string register_place() {
    const auto request = proto<v1::RegisterContextRequest>(R"(
      context { kind: RISK_CONTEXT_KIND_PLACE name: "The arches" })");
    const auto appended = run(context(kTriage, 1), [&](log::UnitOfWork& unit) {
      return register_context(*log_, unit, request);
    });
    return id_in(appended->events.front().stream);
  }

  Result<log::Appended> meet(const std::string& context_id, const std::string& person_id) {
    auto request = proto<v1::RelateContextRequest>(R"(relation { source: "Police." })");
    request.set_context_id(context_id);
    request.mutable_relation()->set_person_id(person_id);
    return attempt(context(kTriage),
                   [&](log::UnitOfWork& unit) { return relate_context(unit, request); });
  }

  v1::GetPersonResponse get(const Actor& actor, const std::string& person_id,
                            const std::string& purpose = "") {
    v1::GetPersonRequest request;
    request.set_person_id(person_id);
    request.set_purpose(purpose);
    v1::GetPersonResponse response;
    const auto looks = get_person(*log_, request, context(actor), response);
    EXPECT_TRUE(looks.has_value()) << mash::testing::brief(looks.error());
    return response;
  }

  std::vector<std::string> cluster_ids(const std::string& person_id) {
    std::vector<std::string> ids;
    const auto cluster = cluster_rows(*log_, person_id).value();
    for (const PersonInRow& person : cluster) ids.push_back(person.person_id);
    return ids;
  }
};

template <class Field>
std::vector<std::string> list(const Field& field) {
  return {field.begin(), field.end()};
}

TEST_F(Persons, WhoAreOneAreSoInBothStreamsByOneAppend) {
  const std::string ada = child_told_by(kPolice);
  const std::string adah = child_told_by(kSchool);
  const auto appended = hold_same(ada, adah);
  ASSERT_TRUE(appended.has_value());
  EXPECT_THAT(appended->events, SizeIs(2));
  EXPECT_THAT(cluster_ids(ada), ElementsAre(ada, adah));
  EXPECT_THAT(cluster_ids(adah), ElementsAre(adah, ada));
  EXPECT_THAT(hold_same(adah, ada)->events, IsEmpty());
}

TEST_F(Persons, WhoAreOneArePartedAgain) {
  const std::string ada = child_told_by(kPolice);
  const std::string adah = child_told_by(kSchool);
  ASSERT_TRUE(hold_same(ada, adah).has_value());
  ASSERT_TRUE(hold_apart(adah, ada).has_value());
  EXPECT_THAT(cluster_ids(ada), ElementsAre(ada));
  EXPECT_THAT(list(get(kTriage, ada).not_same_as()), ElementsAre(adah));
}

TEST_F(Persons, AreNotMadeOneWhereThatContradictsADecision) {
  const std::string a = child_told_by(kPolice);
  const std::string b = child_told_by(kSchool);
  const std::string c = child_told_by(kSchool);
  ASSERT_TRUE(hold_same(a, b).has_value());
  ASSERT_TRUE(hold_apart(b, c).has_value());
  EXPECT_EQ(hold_same(a, c).error().reason, "KNOWN_TO_DIFFER");
  EXPECT_EQ(hold_apart(a, ids_.next_text()).error().reason, "NOT_FOUND");
}

TEST_F(Persons, AreRelatedTheOneWayAndTheOther) {
  const std::string mother = child_told_by(kPolice);
  const std::string child = child_told_by(kPolice);
  const std::string relation = relate(mother, child);
  ASSERT_THAT(get(kTriage, child).relations(), SizeIs(1));
  EXPECT_EQ(get(kTriage, child).relations(0).kind(), v1::RELATION_KIND_CHILD_OF);
  EXPECT_EQ(get(kTriage, child).relations(0).other_person_id(), mother);
  EXPECT_EQ(get(kTriage, mother).relations(0).relation_id(), relation);

  auto request = proto<v1::UnrelatePersonsRequest>(R"(until: "2026-01-01" reason: "Adopted.")");
  request.set_person_id(child);
  request.set_relation_id(relation);
  run(context(kTriage), [&](log::UnitOfWork& unit) { return unrelate_persons(unit, request); });
  EXPECT_EQ(get(kTriage, mother).relations(0).until(), "2026-01-01");
}

TEST_F(Persons, WhoseRelationWasWrongHaveNoneAnyMore) {
  const std::string one = child_told_by(kPolice);
  const std::string other = child_told_by(kPolice);
  auto request = proto<v1::UnrelatePersonsRequest>(R"(reason: "Mixed up.")");
  request.set_relation_id(relate(one, other));
  request.set_person_id(one);
  run(context(kTriage), [&](log::UnitOfWork& unit) { return unrelate_persons(unit, request); });
  EXPECT_THAT(get(kTriage, one).relations(), IsEmpty());
  EXPECT_THAT(get(kTriage, other).relations(), IsEmpty());
}

TEST_F(Persons, HaveTheirPartInAContextInBothStreams) {
  const std::string child = child_told_by(kPolice);
  const std::string place = register_place();
  ASSERT_TRUE(meet(place, child).has_value());
  EXPECT_THAT(list(get(kTriage, child).context_ids()), ElementsAre(place));
  EXPECT_EQ(meet(place, ids_.next_text()).error().reason, "NOT_FOUND");

  v1::GetContextRequest request;
  request.set_context_id(place);
  v1::GetContextResponse response;
  ASSERT_TRUE(get_context(*log_, request, context(kTriage), response).has_value());
  EXPECT_EQ(response.context().context().name(), "The arches");
  ASSERT_THAT(response.context().relations(), SizeIs(1));
  EXPECT_EQ(response.context().relations(0).person_id(), child);
  EXPECT_EQ(response.context().children(), 1U);

  auto ending = proto<v1::RelateContextRequest>(R"(reason: "Mixed up.")");
  ending.set_context_id(place);
  ending.set_ends_relation_id(response.context().relations(0).relation_id());
  run(context(kTriage), [&](log::UnitOfWork& unit) { return relate_context(unit, ending); });
  EXPECT_THAT(get(kTriage, child).context_ids(), IsEmpty());
}

TEST_F(Persons, AreShownToAnAgencyWithoutWhatTheHubMakesOfThem) {
  const std::string ada = child_told_by(kPolice);
  const std::string adah = child_told_by(kSchool);
  ASSERT_TRUE(hold_same(ada, adah).has_value());
  ASSERT_TRUE(meet(register_place(), ada).has_value());
  relate(ada, adah);
  const auto shown = get(kPolice, ada);
  EXPECT_EQ(shown.identity().family_name(), "Bell");
  EXPECT_THAT(shown.same_as(), IsEmpty());
  EXPECT_THAT(shown.relations(), IsEmpty());
  EXPECT_THAT(shown.context_ids(), IsEmpty());
  EXPECT_THAT(shown.contacts(), IsEmpty());
}

TEST_F(Persons, AreShownToTheHubWithTheContactsOfEachIdTheNewestFirst) {
  const std::string ada = child_told_by(kPolice);
  const std::string adah = child_told_by(kSchool);
  EXPECT_THAT(get(kTriage, ada).contacts(), SizeIs(1));
  ASSERT_TRUE(hold_same(ada, adah).has_value());
  const auto shown = get(kTriage, ada);
  ASSERT_THAT(shown.contacts(), SizeIs(2));
  EXPECT_EQ(shown.contacts(0).person_id(), adah);
  EXPECT_EQ(shown.contacts(1).person_id(), ada);
  EXPECT_FALSE(shown.contacts(0).accepted());
  EXPECT_FALSE(shown.has_corrected_at());
}

TEST_F(Persons, AreShownToAnAuditorWithoutAReasonWithNothingPersonal) {
  const Actor auditor{"auditor", "aud-01", "a-1", "auditor"};
  const std::string ada = child_told_by(kPolice);
  const std::string adah = child_told_by(kSchool);
  relate(ada, adah);
  const auto shown = get(auditor, ada);
  EXPECT_FALSE(shown.has_identity());
  ASSERT_THAT(shown.relations(), SizeIs(1));
  EXPECT_EQ(shown.relations(0).kind(), v1::RELATION_KIND_UNSPECIFIED);
  EXPECT_EQ(get(auditor, ada, "Review 7.").relations(0).kind(), v1::RELATION_KIND_PARENT_OF);
}

TEST_F(Persons, AreNamedByTheHubAndByAgenciesThatToldOfThem) {
  const std::string ada = child_told_by(kPolice);
  EXPECT_TRUE(may_name(*log_, ada, kPolice).value());
  EXPECT_TRUE(may_name(*log_, ada, kTriage).value());
  EXPECT_FALSE(may_name(*log_, ada, kSchool).value());
  EXPECT_FALSE(may_name(*log_, ids_.next_text(), kTriage).value());
}

TEST_F(Persons, WhoAreTooOldAreTheSubjectOfNoContactButAnUrgentOne) {
  const std::string child = child_told_by(kPolice);
  auto correction = proto<v1::CorrectPersonRequest>(R"(
    reason: "Mixed up with her aunt." identity { given_names: "Ada" birth_date { year: 1990 } })");
  correction.set_person_id(child);
  run(context(kPolice),
      [&](log::UnitOfWork& unit) { return correct_person(*log_, unit, correction); });
  EXPECT_EQ(get(kPolice, child).identity().birth_date().year(), 1990U);

  auto request = contact();
  request.mutable_children(0)->clear_identity();
  request.mutable_children(0)->set_person_id(child);
  EXPECT_THAT(faulty_fields(try_to_submit(kPolice, request)), ElementsAre("children[0].person_id"));
  request.set_immediate_danger(true);
  request.mutable_account()->set_danger("At the station.");
  EXPECT_TRUE(try_to_submit(kPolice, request).has_value());
}

TEST_F(Persons, AreBornOnceTheirBirthIsTold) {
  auto request = contact();
  *request.mutable_children(0)->mutable_identity() =
      proto<v1::Identity>(R"(unborn: true expected_delivery: "2026-05-01")");
  const std::string child =
      contact_so_far(*log_, submit(kPolice, request)).value()->received.child_ids(0);
  auto birth = proto<v1::CorrectPersonRequest>(R"(
    reason: "The midwife told."
    identity { given_names: "Eve" birth_date { year: 2026 month: 3 day: 3 } })");
  birth.set_person_id(child);
  const auto correct = [&] {
    return run(context(kPolice),
               [&](log::UnitOfWork& unit) { return correct_person(*log_, unit, birth); });
  };
  const auto event = [&](const Result<log::Appended>& appended) {
    v1::PersonEvent read;
    read.ParseFromString(log_->read(appended->events.front().position)->body.event());
    return read.corrected();
  };
  EXPECT_TRUE(event(correct()).born());
  EXPECT_FALSE(event(correct()).born());
}

TEST_F(Persons, WhoAreErasedHaveNoIdentity) {
  const std::string ada = child_told_by(kPolice);
  const auto row = person_row(*log_, ada).value();
  EXPECT_EQ(identity_in(*log_, *row)->identity->given_names(), "Ada");
  erase(ada);
  EXPECT_TRUE(identity_in(*log_, *row)->erased);
  EXPECT_FALSE(identity_in(*log_, *row)->identity.has_value());
}

TEST(Child, IsSomebodyUnderEighteenOrNotBornOrOfNoKnownAge) {
  const auto child = [](const char* identity) {
    return is_child(proto<v1::Identity>(identity), utc("2026-03-04T10:00:00Z"));
  };
  EXPECT_TRUE(child("unborn: true"));
  EXPECT_TRUE(child("given_names: \"Ada\""));
  EXPECT_TRUE(child("birth_date { year: 2008 month: 3 day: 5 }"));
  EXPECT_FALSE(child("birth_date { year: 2008 month: 3 day: 4 }"));
  EXPECT_TRUE(child("birth_date { year: 2008 }"));
  EXPECT_FALSE(child("birth_date { year: 1990 month: 12 }"));
}

}  // namespace
}  // namespace mash::referral
