#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "integration/hub_test.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/referral/v1/person_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

// Who is who, as the hub's people find it out: over gRPC and mutual TLS, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::PersonService;
using v1::ReferralService;

const Caller kSchool{"education", "t-3", "practitioner"};

// A contact about the children described.
v1::SubmitContactRequest contact(const std::vector<std::string>& children) {
  auto request = message<v1::SubmitContactRequest>(R"(
    source: "6" account { concern: "Left alone overnight." parents_know: PARENTS_KNOW_AND_AGREE }
    lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })");
  request.set_request_id(new_request_id());
  for (const std::string& child : children)
    *request.add_children()->mutable_identity() = message<v1::Identity>(child);
  return request;
}

// One family in three ways: the police have the names as they heard them, the school what the
// parents filled in, the practice what is on its register.
const std::string kAsPoliceTell = R"(
  given_names: "Adah" family_name: "Bell" birth_date { year: 2019 }
  addresses { lines: "5 High Street" postcode: "GL1 2TG" } nhs_number { value: "9990000018" })";
const std::string kAsSchoolTells = R"(
  given_names: "Ada" family_name: "Bell-Hall" birth_date { year: 2019 month: 2 day: 5 }
  addresses { lines: "5 High St" postcode: "GL1 2TG" } nhs_number { value: "9990000018" })";
const std::string kAsPracticeTells = R"(
  given_names: "Ada" family_name: "Hall" birth_date { year: 2019 month: 5 day: 2 }
  nhs_number { value: "9990000018" } addresses { postcode: "GL1 2TG" })";

class WhoIsWho : public HubTest {
 protected:
  struct Told {
    std::string referral_id;
    std::string child_id;
  };
  Told tell(const Caller& caller, const std::string& child) {
    const auto answer = done(caller, &ReferralService::Stub::SubmitContact, contact({child}));
    return {answer.referral_id(), answer.child_ids_size() > 0 ? answer.child_ids(0) : ""};
  }

  v1::GetPersonResponse person(const std::string& person_id) {
    v1::GetPersonRequest request;
    request.set_person_id(person_id);
    return done(kTriage, &PersonService::Stub::GetPerson, request);
  }

  v1::ReferralDetail referral(const std::string& referral_id) {
    v1::GetReferralRequest request;
    request.set_referral_id(referral_id);
    return done(kTriage, &ReferralService::Stub::GetReferral, request).referral();
  }

  Result<v1::SamePersonResponse> hold_same(const std::string& one, const std::string& other) {
    auto request = message<v1::SamePersonRequest>(R"(reason: "The same NHS number.")");
    request.set_request_id(new_request_id());
    request.set_person_id(one);
    request.set_other_person_id(other);
    return hub_.call(kTriage, &PersonService::Stub::SamePerson, request);
  }

  Result<v1::NotSamePersonResponse> hold_apart(const std::string& one, const std::string& other) {
    auto request = message<v1::NotSamePersonRequest>(R"(reason: "Cousins.")");
    request.set_request_id(new_request_id());
    request.set_person_id(one);
    request.set_other_person_id(other);
    return hub_.call(kTriage, &PersonService::Stub::NotSamePerson, request);
  }

  void accept(const std::string& referral_id) {
    auto request = message<v1::DecideContactRequest>(
        R"(outcome: CONTACT_OUTCOME_ACCEPTED rationale: "Accepted.")");
    request.set_request_id(new_request_id());
    request.set_referral_id(referral_id);
    done(kTriage, &ReferralService::Stub::DecideContact, request);
  }

  void correct(const std::string& person_id, const std::string& identity) {
    auto request = message<v1::CorrectPersonRequest>(R"(reason: "The register says so.")");
    request.set_request_id(new_request_id());
    request.set_person_id(person_id);
    *request.mutable_identity() = message<v1::Identity>(identity);
    done(kTriage, &PersonService::Stub::CorrectPerson, request);
  }

  v1::FindPersonsResponse find(const std::string& identity) {
    auto request = message<v1::FindPersonsRequest>(R"(purpose: "A call about this child.")");
    *request.mutable_identity() = message<v1::Identity>(identity);
    return done(kTriage, &PersonService::Stub::FindPersons, request);
  }

  std::vector<v1::MatchProposal> proposals(const std::string& referral_id = "",
                                           uint32_t page_size = 0) {
    std::vector<v1::MatchProposal> all;
    v1::ListMatchProposalsRequest request;
    request.set_referral_id(referral_id);
    request.set_page_size(page_size);
    do {
      const auto page = done(kTriage, &PersonService::Stub::ListMatchProposals, request);
      all.insert(all.end(), page.proposals().begin(), page.proposals().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  // What the hub finds out by itself comes a moment later.
  template <class Condition>
  void await(const char* what, const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << what;
      std::this_thread::yield();
    }
  }

  // Everything told so far is matched once a person told of after it is found.
  void await_matching() {
    const auto marker =
        tell(kPolice, R"(given_names: "Marker" birth_date { year: 2001 month: 1 day: 1 }
                                         nhs_number { value: "9990000026" })");
    await("the hub does not match", [&] {
      const auto found = find(R"(nhs_number { value: "9990000026" })");
      return std::ranges::any_of(found.persons(), [&](const v1::FoundPerson& each) {
        return each.person_id() == marker.child_id ||
               std::ranges::find(each.same_as(), marker.child_id) != each.same_as().end();
      });
    });
  }

  // How many looks by searching for persons are on the record.
  size_t searches() {
    log::v1::LogService::Stub stub(hub_.channel(kAuditor.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    log::v1::ReadLogRequest request;
    request.set_log("referral");
    request.add_types("mash.log.v1.LookEvent");
    const auto reader = stub.ReadLog(&context, request);
    size_t found = 0;
    for (log::v1::ReadLogResponse response; reader->Read(&response);)
      for (const auto& entry : response.entries())
        if (entry.event_json().find("PersonService/FindPersons") != std::string::npos) ++found;
    EXPECT_TRUE(reader->Finish().ok());
    return found;
  }
};

TEST_F(WhoIsWho, OneFamilyToldOfInThreeWaysIsSeenAsOne) {
  const Told police = tell(kPolice, kAsPoliceTell);
  accept(police.referral_id);
  const Told school = tell(kSchool, kAsSchoolTells);
  const Told practice = tell(kHealth, kAsPracticeTells);
  await("nothing is proposed", [&] {
    return proposals(school.referral_id).size() == 1 && proposals(practice.referral_id).size() == 2;
  });
  EXPECT_THAT(proposals(police.referral_id), IsEmpty());
  EXPECT_EQ(proposals(school.referral_id)[0].other_person_id(), police.child_id);
  EXPECT_GT(proposals(school.referral_id)[0].likeness().probability(), 0.9);
  EXPECT_FALSE(proposals(school.referral_id)[0].likeness().reasons().empty());
  EXPECT_EQ(referral(school.referral_id).summary().proposals(), 1U);

  // A person decides; what was known of the child before shows at the later referrals.
  ASSERT_TRUE(hold_same(school.child_id, police.child_id).has_value());
  ASSERT_TRUE(hold_same(practice.child_id, police.child_id).has_value());
  await("no history is found", [&] {
    return referral(practice.referral_id).history().contacts_in_window() == 2 &&
           referral(school.referral_id).summary().re_referral();
  });
  EXPECT_EQ(referral(school.referral_id).summary().proposals(), 0U);
  EXPECT_EQ(referral(practice.referral_id).history().referrals_in_window(), 1U);
  EXPECT_FALSE(referral(police.referral_id).summary().re_referral());
  EXPECT_THAT(person(police.child_id).same_as(), SizeIs(2));
  EXPECT_THAT(person(police.child_id).contacts(), SizeIs(3));

  // It can be undone, and then nothing of it shows any more.
  ASSERT_TRUE(hold_apart(practice.child_id, police.child_id).has_value());
  await("the history stays",
        [&] { return referral(practice.referral_id).history().earlier().empty(); });
  EXPECT_FALSE(referral(practice.referral_id).summary().re_referral());
  EXPECT_TRUE(referral(school.referral_id).summary().re_referral());
}

TEST_F(WhoIsWho, WhatWasDecidedIsNotProposedAgain) {
  const Told police = tell(kPolice, kAsPoliceTell);
  const Told school = tell(kSchool, kAsSchoolTells);
  await("nothing is proposed", [&] { return proposals().size() == 1; });
  ASSERT_TRUE(hold_apart(school.child_id, police.child_id).has_value());
  EXPECT_THAT(proposals(), IsEmpty());
  correct(school.child_id, kAsPracticeTells);
  await_matching();
  EXPECT_THAT(proposals(), IsEmpty());
  EXPECT_THAT(person(school.child_id).not_same_as(), ElementsAre(police.child_id));
}

TEST_F(WhoIsWho, ACorrectionWhileMatchingIsMatchedToo) {
  const Told police = tell(kPolice, kAsPoliceTell);
  const Told school = tell(kSchool, R"(description: "A girl of about six.")");
  correct(school.child_id, kAsSchoolTells);
  await("nothing is proposed", [&] { return proposals().size() == 1; });
  EXPECT_EQ(proposals()[0].person_id(), school.child_id);
  EXPECT_EQ(proposals()[0].other_person_id(), police.child_id);
}

TEST_F(WhoIsWho, TwinsOfOneContactAreTwo) {
  done(kPolice, &ReferralService::Stub::SubmitContact, contact({kAsPoliceTell, kAsPoliceTell}));
  await_matching();
  EXPECT_THAT(proposals(), IsEmpty());
}

TEST_F(WhoIsWho, IsFoundByAnyoneOfTheHubAsOnePerson) {
  const Told police = tell(kPolice, kAsPoliceTell);
  const Told school = tell(kSchool, kAsSchoolTells);
  ASSERT_TRUE(hold_same(school.child_id, police.child_id).has_value());
  await_matching();
  const auto found = find(kAsPracticeTells);
  ASSERT_THAT(found.persons(), SizeIs(1));
  EXPECT_THAT(found.persons(0).same_as(), SizeIs(1));
  EXPECT_FALSE(found.persons(0).identity().family_name().empty());
}

TEST_F(WhoIsWho, IsLookedForByWhatTellsPersonsApart) {
  v1::FindPersonsRequest request;
  request.mutable_identity()->set_sex(v1::SEX_FEMALE);
  const auto refused = hub_.call(kTriage, &PersonService::Stub::FindPersons, request);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "INVALID_REQUEST");
  EXPECT_EQ(hub_.call(kPolice, &PersonService::Stub::FindPersons, request).error().code,
            Code::kPermissionDenied);
}

TEST_F(WhoIsWho, ASearchThatFindsNobodyIsRecordedToo) {
  await_matching();
  const size_t before = searches();
  EXPECT_THAT(find(R"(nhs_number { value: "9990000034" })").persons(), IsEmpty());
  EXPECT_EQ(searches(), before + 1);
}

TEST_F(WhoIsWho, ContextsAreFoundByTheirWordsAndByWhoIsInThem) {
  auto registration = message<v1::RegisterContextRequest>(R"(
    context { kind: RISK_CONTEXT_KIND_PLACE name: "The Arches" also_known_as: "Viaduct café"
              postcode: "GL1 2TG" })");
  registration.set_request_id(new_request_id());
  const auto place =
      done(kTriage, &PersonService::Stub::RegisterContext, registration).context_id();
  const Told police = tell(kPolice, kAsPoliceTell);
  auto part = message<v1::RelateContextRequest>(R"(relation { source: "Police." })");
  part.set_request_id(new_request_id());
  part.set_context_id(place);
  part.mutable_relation()->set_person_id(police.child_id);
  const auto related = done(kTriage, &PersonService::Stub::RelateContext, part);
  // The same request again has the same answer.
  EXPECT_EQ(done(kTriage, &PersonService::Stub::RelateContext, part).relation_id(),
            related.relation_id());
  await_matching();
  const auto found = [&](const std::string& text, const std::string& person_id = "") {
    v1::FindContextsRequest request;
    request.set_text(text);
    request.set_person_id(person_id);
    const auto answer = done(kTriage, &PersonService::Stub::FindContexts, request);
    std::vector<std::string> ids;
    for (const auto& context : answer.contexts()) ids.push_back(context.context_id());
    return ids;
  };
  EXPECT_THAT(found("arches"), ElementsAre(place));
  EXPECT_THAT(found("CAFE viaduct"), ElementsAre(place));
  EXPECT_THAT(found("gl12tg"), ElementsAre(place));
  EXPECT_THAT(found("", police.child_id), ElementsAre(place));
  EXPECT_THAT(found("arches park"), IsEmpty());
}

TEST_F(WhoIsWho, GoesOnAfterARestart) {
  const Told police = tell(kPolice, kAsPoliceTell);
  await_matching();
  hub_.stop();
  hub_.start();
  const Told school = tell(kSchool, kAsSchoolTells);
  await("nothing is proposed", [&] { return proposals(school.referral_id).size() == 1; });
  EXPECT_EQ(proposals()[0].other_person_id(), police.child_id);
}

}  // namespace
}  // namespace mash::testing
