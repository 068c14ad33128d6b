#include <gmock/gmock.h>

#include "referral/people/person.h"
#include "referral/people/relation.h"
#include "referral/testing/cast.h"

namespace mash::referral {

// How a scenario tells of a command that is no message.
static std::string brief(const Person::Relating& relating) {
  return "Relating { " + relating.relation.ShortDebugString() + " }";
}
static std::string brief(const Person::Unrelating& unrelating) {
  return "Unrelating { " + unrelating.request.ShortDebugString() + " }";
}
static std::string brief(const Person::MeetingContext& meeting) {
  return "MeetingContext { " + meeting.context_id + " }";
}
static std::string brief(const Person::LeavingContext& leaving) {
  return "LeavingContext { " + leaving.relation_id + " }";
}

namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::UnorderedElementsAre;
using Event = Person::Event;

const auto kRegistered = proto<Event>(R"(
  registered { agency: "police" referral_id: "r-1" identity { family_name: "Bell" } })");
const auto kRelated = proto<Event>(R"(
  related { relation { relation_id: "rel-1" other_person_id: "p-2"
                       kind: RELATION_KIND_PARENT_OF source: "The school." } })");

v1::RelatePersonsRequest relate() {
  return proto<v1::RelatePersonsRequest>(R"(
    person_id: "p-1"
    relation { other_person_id: "p-2" kind: RELATION_KIND_PARENT_OF since: "2019-05-02"
               source: "The school." })");
}

v1::UnrelatePersonsRequest unrelate() {
  return proto<v1::UnrelatePersonsRequest>(R"(
    person_id: "p-1" relation_id: "rel-1" until: "2026-01-01" reason: "Moved out." )");
}

TEST(Relation, StandsWithTheOtherTheOtherWayRound) {
  const auto relation = relation_of(relate(), as(kTriage)).value();
  EXPECT_EQ(relation.relation_id(), "id-0");
  EXPECT_EQ(relation.agency(), "social-care");
  const auto mirror = mirrored(relation, "p-1");
  EXPECT_EQ(mirror.relation_id(), relation.relation_id());
  EXPECT_EQ(mirror.other_person_id(), "p-1");
  EXPECT_EQ(mirror.kind(), v1::RELATION_KIND_CHILD_OF);
  EXPECT_EQ(mirror.since(), "2019-05-02");
}

TEST(Relation, OfAnyKindTurnedRoundTwiceIsItself) {
  for (int number = v1::RelationKind_MIN; number <= v1::RelationKind_MAX; ++number) {
    if (!v1::RelationKind_IsValid(number)) continue;
    const auto kind = static_cast<v1::RelationKind>(number);
    EXPECT_EQ(inverse_of(inverse_of(kind)), kind);
  }
}

TEST(Relation, IsRefusedWithEveryFaultNamed) {
  const auto request = proto<v1::RelatePersonsRequest>(R"(
    person_id: "p-1"
    relation { other_person_id: "p-1" since: "2026-02-30" until: "2030-01-01" })");
  EXPECT_THAT(faulty_fields(relation_of(request, as(kTriage))),
              UnorderedElementsAre("relation.other_person_id", "relation.kind", "relation.since",
                                   "relation.until", "relation.source"));
}

TEST(Relation, EndsAfterItBegan) {
  auto request = relate();
  request.mutable_relation()->set_until("2019-05-01");
  EXPECT_THAT(faulty_fields(relation_of(request, as(kTriage))),
              UnorderedElementsAre("relation.until"));
}

TEST(Relation, IsOfKnownPersons) {
  const Person::Relating relating{relation_of(relate(), as(kTriage)).value()};
  given<Person>({}).when(relating, as(kTriage)).then_refused("NOT_FOUND");
  Event related;
  *related.mutable_related()->mutable_relation() = relating.relation;
  given<Person>({kRegistered}).when(relating, as(kTriage)).then({related});
}

TEST(Relation, IsEndedOnce) {
  const auto request = unrelate();
  const auto ended = proto<Event>(R"(
    unrelated { relation_id: "rel-1" other_person_id: "p-2" until: "2026-01-01"
                reason: "Moved out." })");
  given<Person>({kRegistered, kRelated})
      .when(Person::Unrelating{request}, as(kTriage))
      .then({ended});
  given<Person>({kRegistered, kRelated, ended})
      .when(Person::Unrelating{request}, as(kTriage))
      .then({});
}

TEST(Relation, ThatNobodyRecordedCannotEnd) {
  const auto request = unrelate();
  given<Person>({kRegistered})
      .when(Person::Unrelating{request}, as(kTriage))
      .then_refused("NOT_FOUND");
}

TEST(Relations, AreLimited) {
  std::vector<Event> history{kRegistered};
  for (int i = 0; i < kRelationsMax; ++i) {
    history.push_back(kRelated);
    history.back().mutable_related()->mutable_relation()->set_relation_id(std::to_string(i));
  }
  given<Person>(history)
      .when(Person::Relating{relation_of(relate(), as(kTriage)).value()}, as(kTriage))
      .then_refused("TOO_MANY_RELATIONS");
}

TEST(PartInAContext, StandsWithThePersonToo) {
  const auto met = proto<Event>(R"(met_context { context_id: "c-1" relation_id: "rel-1" })");
  const auto left = proto<Event>(R"(left_context { context_id: "c-1" relation_id: "rel-1" })");
  given<Person>({kRegistered})
      .when(Person::MeetingContext{"c-1", "rel-1"}, as(kTriage))
      .then({met});
  given<Person>({kRegistered, met}).when(Person::LeavingContext{"rel-1"}, as(kTriage)).then({left});
  given<Person>({kRegistered, met, left})
      .when(Person::LeavingContext{"rel-1"}, as(kTriage))
      .then({});
  given<Person>({})
      .when(Person::MeetingContext{"c-1", "rel-1"}, as(kTriage))
      .then_refused("NOT_FOUND");
}

TEST(PartsInContexts, AreLimited) {
  std::vector<Event> history{kRegistered};
  for (int i = 0; i < kContextsMax; ++i) {
    history.push_back(proto<Event>(R"(met_context { context_id: "c-1" })"));
    history.back().mutable_met_context()->set_relation_id(std::to_string(i));
  }
  given<Person>(history)
      .when(Person::MeetingContext{"c-2", "rel-1"}, as(kTriage))
      .then_refused("TOO_MANY_CONTEXTS");
}

}  // namespace
}  // namespace mash::referral
