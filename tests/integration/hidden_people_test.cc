#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "integration/hub_test.h"
#include "mash/referral/v1/person_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

// What is found across cases does not show one through another: over gRPC, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::PersonService;
using v1::ReferralService;

const std::string kUnknown = "01925f3a-7c1e-7b43-9d52-0242ac120009";

// Ada is told of twice: in a case that is hidden from the triage officer, and in one that is open.
class HiddenPeople : public HubTest {
 protected:
  struct Contact {
    std::string referral_id;
    std::string case_id;
    std::string child_id;
  };

  static v1::SubmitContactRequest contact_about(const std::string& child) {
    auto request = message<v1::SubmitContactRequest>(R"(
      source: "6" account { concern: "Left alone." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })");
    *request.add_children() = message<v1::SubmittedChild>(child);
    return request;
  }

  Contact tell(const Caller& caller) {
    const auto taken = done(caller, &ReferralService::Stub::SubmitContact, contact_about(R"(
      identity { given_names: "Ada" family_name: "Bell" nhs_number { value: "9990000018" }
                 birth_date { year: 2019 month: 2 day: 5 } })"));
    return {taken.referral_id(), taken.case_id(), taken.child_ids(0)};
  }

  void restrict_to_social_worker(const Contact& contact) {
    auto request = message<v1::RestrictCaseRequest>(R"(reason: "A colleague's family.")");
    request.set_case_id(contact.case_id);
    request.add_named()->set_agency(kSocialWorker.agency);
    request.mutable_named(0)->set_practitioner(kSocialWorker.practitioner);
    done(kManager, &ReferralService::Stub::RestrictCase, request);
  }

  void bar(const Contact& contact, const Caller& caller) {
    auto request = message<v1::BarPractitionerRequest>(
        R"(ground: BAR_GROUND_KNOWN_TO_FAMILY reason: "Their neighbour.")");
    request.set_case_id(contact.case_id);
    request.mutable_practitioner()->set_agency(caller.agency);
    request.mutable_practitioner()->set_practitioner(caller.practitioner);
    done(kManager, &ReferralService::Stub::BarPractitioner, request);
  }

  template <class Request>
  static Request about_two(const std::string& text, const Contact& one, const Contact& other) {
    auto request = message<Request>(text);
    request.set_person_id(one.child_id);
    if constexpr (requires { request.set_other_person_id(other.child_id); })
      request.set_other_person_id(other.child_id);
    return request;
  }

  v1::ReferralDetail referral(const Caller& caller, const Contact& contact) {
    v1::GetReferralRequest request;
    request.set_referral_id(contact.referral_id);
    return done(caller, &ReferralService::Stub::GetReferral, request).referral();
  }

  v1::GetPersonResponse person(const Caller& caller, const Contact& contact) {
    v1::GetPersonRequest request;
    request.set_person_id(contact.child_id);
    return done(caller, &PersonService::Stub::GetPerson, request);
  }

  v1::CasePerson in_case(const Caller& caller, const Contact& contact) {
    v1::GetCaseRequest request;
    request.set_case_id(contact.case_id);
    const auto details = done(caller, &ReferralService::Stub::GetCase, request).details();
    return details.people_size() == 1 ? details.people(0) : v1::CasePerson();
  }

  int found(const Caller& caller) {
    const auto request = message<v1::FindPersonsRequest>(
        R"(purpose: "A call." identity { nhs_number { value: "9990000018" } })");
    return done(caller, &PersonService::Stub::FindPersons, request).persons_size();
  }

  int proposed(const Caller& caller) {
    return done(caller, &PersonService::Stub::ListMatchProposals, v1::ListMatchProposalsRequest())
        .proposals_size();
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

  const Contact hidden_ = tell(kPolice);
  const Contact open_ = tell(kHealth);
};

TEST_F(HiddenPeople, AreNotFoundProposedOrDecidedOn) {
  await("nothing is proposed", [&] { return proposed(kTriage) == 1 && found(kTriage) == 2; });
  EXPECT_THAT(referral(kTriage, open_).children(0).proposals(), SizeIs(1));
  restrict_to_social_worker(hidden_);
  for (const Caller& caller : {kTriage, kSocialWorker}) {
    const bool sees = caller.practitioner == kSocialWorker.practitioner;
    const size_t likenesses = sees ? 1 : 0;
    EXPECT_EQ(found(caller), sees ? 2 : 1);
    EXPECT_EQ(proposed(caller), sees ? 1 : 0);
    EXPECT_THAT(referral(caller, open_).children(0).proposals(), SizeIs(likenesses));
    EXPECT_THAT(person(caller, open_).proposals(), SizeIs(likenesses));
  }
  const auto refused = [&](const auto& method, auto request) {
    const auto answer = call(kTriage, method, request);
    ASSERT_FALSE(answer.has_value());
    request.set_other_person_id(kUnknown);
    const auto unknown = call(kTriage, method, request);
    EXPECT_EQ(answer.error().code, Code::kNotFound);
    EXPECT_EQ(answer.error().message, unknown.error().message);
  };
  refused(&PersonService::Stub::SamePerson,
          about_two<v1::SamePersonRequest>(R"(reason: "One number.")", open_, hidden_));
  refused(&PersonService::Stub::NotSamePerson,
          about_two<v1::NotSamePersonRequest>(R"(reason: "Cousins.")", open_, hidden_));
}

TEST_F(HiddenPeople, HideTheirContactsAndWhomTheyAreHeldToBe) {
  restrict_to_social_worker(hidden_);
  done(kSocialWorker, &PersonService::Stub::SamePerson,
       about_two<v1::SamePersonRequest>(R"(reason: "One number.")", open_, hidden_));
  await("no history is found",
        [&] { return referral(kSocialWorker, open_).history().earlier_size() == 1; });
  EXPECT_THAT(referral(kTriage, open_).history().earlier(), IsEmpty());
  EXPECT_THAT(person(kSocialWorker, open_).contacts(), SizeIs(2));
  EXPECT_THAT(person(kTriage, open_).contacts(), SizeIs(1));
}

TEST_F(HiddenPeople, AreNotShownAsRelatedToOthers) {
  auto relating = message<v1::RelatePersonsRequest>(
      R"(relation { kind: RELATION_KIND_SIBLING_OF source: "The school." })");
  relating.set_person_id(open_.child_id);
  relating.mutable_relation()->set_other_person_id(hidden_.child_id);
  done(kTriage, &PersonService::Stub::RelatePersons, relating);
  EXPECT_THAT(person(kTriage, open_).relations(), SizeIs(1));
  EXPECT_THAT(in_case(kTriage, open_).relations(), SizeIs(1));
  bar(hidden_, kTriage);
  EXPECT_THAT(person(kTriage, open_).relations(), IsEmpty());
  EXPECT_THAT(in_case(kTriage, open_).relations(), IsEmpty());
  EXPECT_THAT(in_case(kSocialWorker, open_).relations(), SizeIs(1));
  EXPECT_EQ(call(kTriage, &PersonService::Stub::RelatePersons, relating).error().code,
            Code::kNotFound);
}

TEST_F(HiddenPeople, AreNeitherShownNorCountedInContexts) {
  const auto place = done(kTriage, &PersonService::Stub::RegisterContext,
                          message<v1::RegisterContextRequest>(
                              R"(context { kind: RISK_CONTEXT_KIND_PLACE name: "The Arches" })"))
                         .context_id();
  for (const Contact& contact : {hidden_, open_}) {
    auto part = message<v1::RelateContextRequest>(R"(relation { source: "Police." })");
    part.set_context_id(place);
    part.mutable_relation()->set_person_id(contact.child_id);
    done(kTriage, &PersonService::Stub::RelateContext, part);
  }
  bar(hidden_, kTriage);
  v1::GetContextRequest get;
  get.set_context_id(place);
  v1::FindContextsRequest find;
  find.set_person_id(open_.child_id);
  for (const Caller& caller : {kTriage, kSocialWorker}) {
    const uint32_t seen = caller.practitioner == kTriage.practitioner ? 1 : 2;
    const auto read = done(caller, &PersonService::Stub::GetContext, get).context();
    EXPECT_THAT(read.relations(), SizeIs(seen));
    EXPECT_EQ(read.children(), seen);
    const auto found = done(caller, &PersonService::Stub::FindContexts, find);
    ASSERT_THAT(found.contexts(), SizeIs(1));
    EXPECT_THAT(found.contexts(0).relations(), SizeIs(seen));
    EXPECT_EQ(found.contexts(0).children(), seen);
  }
  find.set_person_id(hidden_.child_id);
  EXPECT_THAT(done(kTriage, &PersonService::Stub::FindContexts, find).contexts(), IsEmpty());
}

TEST_F(HiddenPeople, AreNotNamedAsSuspects) {
  auto registration = message<v1::RegisterContextRequest>(
      R"(context { kind: RISK_CONTEXT_KIND_SUSPECTED_PERPETRATOR name: "Kit" })");
  registration.mutable_context()->set_suspect_person_id(hidden_.child_id);
  v1::GetContextRequest get;
  get.set_context_id(
      done(kTriage, &PersonService::Stub::RegisterContext, registration).context_id());
  const auto suspect = [&](const Caller& caller) {
    return done(caller, &PersonService::Stub::GetContext, get)
        .context()
        .context()
        .suspect_person_id();
  };
  EXPECT_EQ(suspect(kTriage), hidden_.child_id);
  bar(hidden_, kTriage);
  EXPECT_EQ(suspect(kTriage), "");
  EXPECT_EQ(suspect(kSocialWorker), hidden_.child_id);
  EXPECT_EQ(call(kTriage, &PersonService::Stub::RegisterContext, registration).error().code,
            Code::kNotFound);
}

TEST_F(HiddenPeople, CannotBeNamedInAContactByWhoeverMayNotSeeThem) {
  const auto naming = [](const std::string& person_id) {
    auto request = contact_about("");
    request.mutable_children(0)->set_person_id(person_id);
    return request;
  };
  EXPECT_TRUE(call(kPolice, &ReferralService::Stub::SubmitContact, naming(hidden_.child_id)));
  bar(hidden_, kPolice);
  const auto refused =
      call(kPolice, &ReferralService::Stub::SubmitContact, naming(hidden_.child_id));
  const auto unknown = call(kPolice, &ReferralService::Stub::SubmitContact, naming(kUnknown));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, unknown.error().reason);
  EXPECT_EQ(refused.error().message, unknown.error().message);
}

}  // namespace
}  // namespace mash::testing
