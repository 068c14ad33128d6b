#include "referral/contexts/context.h"

#include <gmock/gmock.h>

#include "referral/testing/cast.h"

namespace mash::referral {

// How a scenario tells of a command that is no message.
static std::string brief(const RiskContext::Relating& relating) {
  return "Relating { " + relating.request.ShortDebugString() + " }";
}
static std::string brief(const RiskContext::Ending& ending) {
  return "Ending { " + ending.request.ShortDebugString() + " }";
}

namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::UnorderedElementsAre;
using Event = RiskContext::Event;

const auto kRegistered = proto<Event>(R"(
  registered { agency: "social-care"
               context { kind: RISK_CONTEXT_KIND_PLACE name: "The arches" postcode: "GL1 2TG" } })");
const auto kRelated = proto<Event>(R"(
  related { relation { relation_id: "id-0" person_id: "p-1" part: "Seen there at night."
                       since: "2026-02-01" source: "Police." agency: "social-care"
                       recorded_at { seconds: 1772618400 } } })");
const auto kEnded = proto<Event>(R"(
  relation_ended { relation_id: "id-0" until: "2026-03-01" reason: "Moved away."
                   ended_at { seconds: 1772618400 } })");

v1::RegisterContextRequest registration() {
  return proto<v1::RegisterContextRequest>(R"(
    context { kind: RISK_CONTEXT_KIND_PLACE name: "The arches" postcode: "gl12tg" })");
}

v1::RelateContextRequest relation() {
  return proto<v1::RelateContextRequest>(R"(
    context_id: "c-1"
    relation { person_id: "p-1" part: "Seen there at night." since: "2026-02-01"
               source: "Police." })");
}

v1::RelateContextRequest ending() {
  return proto<v1::RelateContextRequest>(R"(
    context_id: "c-1" ends_relation_id: "id-0" reason: "Moved away."
    relation { until: "2026-03-01" })");
}

TEST(RiskContext, IsRegisteredOnce) {
  given<RiskContext>({}).when(registration(), as(kTriage)).then({kRegistered});
  given<RiskContext>({kRegistered})
      .when(registration(), as(kTriage))
      .then_refused("CONTEXT_EXISTS");
}

TEST(RiskContext, IsRefusedWithEveryFaultNamed) {
  auto request = proto<v1::RegisterContextRequest>(R"(
    context { postcode: "the park" handle: "a\nb" suspect_person_id: "p-1" })");
  request.mutable_context()->set_description(std::string(16 * 1024 + 1, 'x'));
  EXPECT_THAT(
      faulty_fields(given<RiskContext>({}).when(request, as(kTriage)).outcome()),
      UnorderedElementsAre("context.kind", "context.name", "context.handle", "context.description",
                           "context.postcode", "context.suspect_person_id"));
}

TEST(RiskContext, HasANameInAnyScriptOfThreeHundredCharacters) {
  auto request = registration();
  std::string name;
  for (int i = 0; i < 300; ++i) name += "角";
  request.mutable_context()->set_name(name);
  EXPECT_TRUE(given<RiskContext>({}).when(request, as(kTriage)).outcome().has_value());
  request.mutable_context()->set_name(name + "角");
  EXPECT_THAT(faulty_fields(given<RiskContext>({}).when(request, as(kTriage)).outcome()),
              UnorderedElementsAre("context.name"));
}

TEST(RiskContext, IsCorrectedAsAWhole) {
  const auto request = proto<v1::CorrectContextRequest>(R"(
    context_id: "c-1" reason: "It has another name."
    context { kind: RISK_CONTEXT_KIND_PLACE name: "The viaduct" })");
  given<RiskContext>({kRegistered}).when(request, as(kTriage)).then({proto<Event>(R"(
    corrected { agency: "social-care" reason: "It has another name."
                context { kind: RISK_CONTEXT_KIND_PLACE name: "The viaduct" } })")});
  given<RiskContext>({}).when(request, as(kTriage)).then_refused("NOT_FOUND");
}

TEST(RiskContext, IsMetByPersons) {
  const auto request = relation();
  given<RiskContext>({kRegistered})
      .when(RiskContext::Relating{request}, as(kTriage))
      .then({kRelated});
  given<RiskContext>({})
      .when(RiskContext::Relating{request}, as(kTriage))
      .then_refused("NOT_FOUND");
}

TEST(RiskContext, IsMetBySomebodyAsSomebodySays) {
  const auto request = proto<v1::RelateContextRequest>(R"(
    context_id: "c-1" relation { since: "yesterday" })");
  EXPECT_THAT(faulty_fields(given<RiskContext>({kRegistered})
                                .when(RiskContext::Relating{request}, as(kTriage))
                                .outcome()),
              UnorderedElementsAre("relation.person_id", "relation.since", "relation.source"));
}

TEST(RiskContext, IsLeftOnce) {
  const auto request = ending();
  given<RiskContext>({kRegistered, kRelated})
      .when(RiskContext::Ending{request}, as(kTriage))
      .then({kEnded});
  given<RiskContext>({kRegistered, kRelated, kEnded})
      .when(RiskContext::Ending{request}, as(kTriage))
      .then({});
  given<RiskContext>({kRegistered})
      .when(RiskContext::Ending{request}, as(kTriage))
      .then_refused("NOT_FOUND");
}

TEST(RiskContext, IsLeftForAReason) {
  auto request = ending();
  request.clear_reason();
  EXPECT_THAT(faulty_fields(given<RiskContext>({kRegistered, kRelated})
                                .when(RiskContext::Ending{request}, as(kTriage))
                                .outcome()),
              UnorderedElementsAre("reason"));
}

TEST(RiskContext, IsMetByFiveHundredAtMost) {
  std::vector<Event> history{kRegistered};
  for (int i = 0; i < kContextRelationsMax; ++i) {
    history.push_back(kRelated);
    history.back().mutable_related()->mutable_relation()->set_relation_id(std::to_string(i));
  }
  const auto request = relation();
  given<RiskContext>(history)
      .when(RiskContext::Relating{request}, as(kTriage))
      .then_refused("TOO_MANY_RELATIONS");
}

}  // namespace
}  // namespace mash::referral
