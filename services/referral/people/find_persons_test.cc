#include "referral/people/find_persons.h"

#include <gmock/gmock.h>

#include "referral/contexts/find_contexts.h"
#include "referral/testing/joined_log.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class Finding : public JoinedLog {
 protected:
  Result<v1::FindPersonsResponse> find(const v1::FindPersonsRequest& request) {
    settle();
    v1::FindPersonsResponse response;
    auto looks =
        find_persons({.log = *log_, .lookup = *lookup_, .index = index_, .weights = weights_},
                     request, context(kTriage), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response;
  }

  v1::FindPersonsResponse find(const char* identity) {
    v1::FindPersonsRequest request;
    *request.mutable_identity() = proto<v1::Identity>(identity);
    return find(request).value();
  }

  Result<v1::FindContextsResponse> find_places(const v1::FindContextsRequest& request) {
    settle();
    v1::FindContextsResponse response;
    auto looks = find_contexts(*log_, *lookup_, ring_, request, context(kTriage), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response;
  }

  std::vector<std::string> places(const std::string& text) {
    v1::FindContextsRequest request;
    request.set_text(text);
    const auto found = find_places(request).value();
    std::vector<std::string> ids;
    for (const auto& place : found.contexts()) ids.push_back(place.context_id());
    return ids;
  }

  PersonIndex index_{*log_, ring_, *lookup_, matcher_};
  host::Looks looks_;
};

TEST_F(Finding, FindsTheLikeliestFirstWithALookAtEach) {
  const std::string first = child_of(submit(kPolice, about(kAda)));
  const std::string second = child_of(submit(kSchool, about(kAdaAtSchool)));
  submit(kPolice, about(kSomebodyElse));
  const auto found = find(kAda);
  ASSERT_THAT(found.persons(), SizeIs(2));
  EXPECT_EQ(found.persons(0).person_id(), first);
  EXPECT_EQ(found.persons(1).person_id(), second);
  EXPECT_EQ(found.persons(1).identity().given_names(), "Adah");
  EXPECT_GT(found.persons(0).likeness().weight(), found.persons(1).likeness().weight());
  EXPECT_EQ(found.position(), log_->size());
  ASSERT_THAT(looks_, SizeIs(2));
  EXPECT_EQ(looks_[0].stream_id, first);
}

TEST_F(Finding, FindsWhoeverIsHeldToBeOnePersonOnce) {
  const std::string first = child_of(submit(kPolice, about(kAda)));
  const std::string second = child_of(submit(kSchool, about(kAdaAtSchool)));
  hold_same(first, second);
  const auto found = find(kAda);
  ASSERT_THAT(found.persons(), SizeIs(1));
  EXPECT_EQ(found.persons(0).person_id(), first);
  EXPECT_THAT(found.persons(0).same_as(), ElementsAre(second));
}

TEST_F(Finding, FindsNoMoreThanItIsAskedFor) {
  submit(kPolice, about(kAda));
  submit(kSchool, about(kAdaAtSchool));
  v1::FindPersonsRequest request;
  *request.mutable_identity() = proto<v1::Identity>(kAda);
  request.set_limit(1);
  EXPECT_THAT(find(request)->persons(), SizeIs(1));
  request.set_limit(0);
  request.set_probability_min(1);
  EXPECT_LE(find(request)->persons_size(), 1);
}

TEST_F(Finding, FindsNobodyWhoIsErased) {
  const std::string first = child_of(submit(kPolice, about(kAda)));
  settle();
  erase(first);
  EXPECT_THAT(find(kAda).persons(), IsEmpty());
  EXPECT_THAT(looks_, IsEmpty());
}

TEST_F(Finding, SaysWhatIsWrongWithWhatItIsToLookFor) {
  auto request = proto<v1::FindPersonsRequest>(R"(
    identity { nhs_number { value: "9990000019" } } limit: 101 probability_min: 1.5 )");
  EXPECT_THAT(faulty_fields(find(request)),
              UnorderedElementsAre("identity.nhs_number.value", "limit", "probability_min"));
  request = proto<v1::FindPersonsRequest>(R"(identity { sex: SEX_FEMALE })");
  EXPECT_THAT(faulty_fields(find(request)), ElementsAre("identity"));
  request = proto<v1::FindPersonsRequest>(R"(identity { given_names: "..." })");
  EXPECT_THAT(faulty_fields(find(request)), ElementsAre("identity"));
}

TEST_F(Finding, FindsAContextByAllOfItsWordsInAnyForm) {
  const std::string arches = register_place();
  EXPECT_THAT(places("arches"), ElementsAre(arches));
  EXPECT_THAT(places("ARCHES, the"), ElementsAre(arches));
  EXPECT_THAT(places("the park"), IsEmpty());
  EXPECT_THAT(places("..."), IsEmpty());
}

TEST_F(Finding, FindsAContextByWhatItIsCalledNow) {
  const std::string arches = register_place();
  settle();
  auto correction = proto<v1::CorrectContextRequest>(R"(
    reason: "It has another name."
    context { kind: RISK_CONTEXT_KIND_PLACE name: "The viaduct" postcode: "GL1 2TG" })");
  correction.set_context_id(arches);
  run(context(kTriage),
      [&](log::UnitOfWork& unit) { return correct_context(*log_, unit, correction); });
  EXPECT_THAT(places("arches"), IsEmpty());
  EXPECT_THAT(places("viaduct"), ElementsAre(arches));
  EXPECT_THAT(places("gl1 2tg"), ElementsAre(arches));
}

TEST_F(Finding, NeedsSomethingToFindAContextBy) {
  EXPECT_THAT(faulty_fields(find_places({})), ElementsAre("text"));
  EXPECT_THAT(faulty_fields(find_places(
                  proto<v1::FindContextsRequest>(R"(text: "arches" person_id: "p-1")"))),
              ElementsAre("text"));
}

}  // namespace
}  // namespace mash::referral
