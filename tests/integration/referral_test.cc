#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "core/timestamp.h"
#include "integration/hub_test.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/referral/v1/person_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

// Contacts and referrals as their callers see them: over gRPC and mutual TLS, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using log::v1::LogService;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;
using v1::PersonService;
using v1::ReferralService;

v1::SubmitContactRequest contact() {
  auto request = message<v1::SubmitContactRequest>(R"(
    source: "6"
    children {
      identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } }
      account { developmental_needs: "Often hungry." factors: "16A" }
    }
    children { identity { given_names: "Tom" family_name: "Bell" birth_date { year: 2021 } } }
    account { concern: "Left alone overnight." parents_know: PARENTS_KNOW_AND_AGREE }
    lawful_basis { article_6: ARTICLE6_PUBLIC_TASK }
  )");
  request.set_request_id(new_request_id());
  return request;
}

// A request about a referral, from its text.
template <class Request>
Request about(const std::string& referral_id, const std::string& text) {
  auto request = message<Request>(text);
  request.set_request_id(new_request_id());
  request.set_referral_id(referral_id);
  return request;
}

std::vector<std::string> fields_of(const Error& error) {
  std::vector<std::string> fields;
  for (const FieldFault& fault : error.faults) fields.push_back(fault.field);
  return fields;
}

class Referrals : public HubTest {
 protected:
  v1::SubmitContactResponse submit(const Caller& caller = kPolice,
                                   const v1::SubmitContactRequest& request = contact()) {
    return done(caller, &ReferralService::Stub::SubmitContact, request);
  }

  v1::ReferralDetail get(const Caller& caller, const std::string& referral_id) {
    v1::GetReferralRequest request;
    request.set_referral_id(referral_id);
    return done(caller, &ReferralService::Stub::GetReferral, request).referral();
  }

  void accept(const std::string& referral_id) {
    done(kTriage, &ReferralService::Stub::DecideContact,
         about<v1::DecideContactRequest>(
             referral_id, R"(outcome: CONTACT_OUTCOME_ACCEPTED rationale: "Accepted.")"));
  }

  v1::DecideReferralRequest decision(const std::string& referral_id) {
    auto request = about<v1::DecideReferralRequest>(referral_id, R"(
      decision { outcome: "section-17-assessment" level_of_need: "4"
                 rationale: "The hub's own reasons." family_informed: FAMILY_INFORMED_TOLD })");
    request.mutable_decision()->add_evidence_ids(referral_id);
    return request;
  }

  // The records of a stream, as an auditor reads them.
  std::vector<log::v1::LogEntry> records(const std::string& stream) {
    LogService::Stub stub(hub_.channel(kAuditor.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    log::v1::ReadLogRequest request;
    request.set_log("referral");
    request.set_stream(stream);
    const auto reader = stub.ReadLog(&context, request);
    std::vector<log::v1::LogEntry> entries;
    for (log::v1::ReadLogResponse response; reader->Read(&response);)
      entries.insert(entries.end(), response.entries().begin(), response.entries().end());
    const grpc::Status status = reader->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return entries;
  }
};

TEST_F(Referrals, GoFromAnAgencysContactToTheFeedbackMeantForIt) {
  const auto submitted = submit();
  const std::string& id = submitted.referral_id();
  EXPECT_THAT(submitted.child_ids(), SizeIs(2));
  EXPECT_THAT(submitted.deadlines(), SizeIs(2));
  EXPECT_THAT(submitted.receipt().event_ids(), SizeIs(3));
  EXPECT_EQ(submitted.receipt().version(), 1U);

  done(kTriage, &ReferralService::Stub::AcknowledgeContact,
       about<v1::AcknowledgeContactRequest>(id, R"(message: "We have it.")"));
  done(kTriage, &ReferralService::Stub::RateReferral,
       about<v1::RateReferralRequest>(id, "rating: RATING_AMBER"));
  accept(id);
  const auto decided = done(kSocialWorker, &ReferralService::Stub::DecideReferral, decision(id));
  EXPECT_EQ(decided.receipt().version(), 5U);
  done(kTriage, &ReferralService::Stub::GiveFeedback,
       about<v1::GiveFeedbackRequest>(id, R"(agency: "police" text: "We assess the family.")"));

  const auto seen = get(kPolice, id);
  EXPECT_EQ(seen.summary().stage(), v1::REFERRAL_STAGE_DECIDED);
  EXPECT_EQ(seen.summary().outcome(), "section-17-assessment");
  EXPECT_EQ(seen.acknowledgement(), "We have it.");
  ASSERT_THAT(seen.feedback(), SizeIs(1));
  EXPECT_EQ(seen.feedback(0).text(), "We assess the family.");
  EXPECT_EQ(seen.feedback(0).decision_id(), decided.decision_id());
  EXPECT_EQ(seen.children(0).identity().given_names(), "Ada");
  EXPECT_THAT(seen.DebugString(), Not(HasSubstr("The hub's own reasons.")));
  EXPECT_EQ(get(kTriage, id).decisions(0).rationale(), "The hub's own reasons.");
}

TEST_F(Referrals, SentAgainUnderTheSameRequestIdAreOneWithOneAnswer) {
  const auto request = contact();
  const auto first = submit(kPolice, request);
  const auto again = submit(kPolice, request);
  EXPECT_TRUE(again.receipt().repeated_request());
  EXPECT_EQ(again.referral_id(), first.referral_id());
  EXPECT_EQ(again.case_id(), first.case_id());
  EXPECT_EQ(again.receipt().position(), first.receipt().position());
  EXPECT_THAT(again.child_ids(), ElementsAre(first.child_ids(0), first.child_ids(1)));
  EXPECT_EQ(again.deadlines_size(), first.deadlines_size());

  auto other = request;
  other.mutable_account()->set_concern("Something else.");
  const auto refused = call(kPolice, &ReferralService::Stub::SubmitContact, other);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "REQUEST_ID_REUSED");
}

TEST_F(Referrals, SentByTenConnectionsAtOnceUnderOneRequestIdAreOne) {
  const auto request = contact();
  std::vector<std::string> ids(10);
  const auto credentials = hub_.pki().agency("police");
  std::vector<std::thread> senders;
  for (std::string& id : ids)
    senders.emplace_back([&] {
      ReferralService::Stub stub(hub_.connect(credentials));
      grpc::ClientContext context;
      TestHub::dress(context, kPolice);
      context.set_wait_for_ready(true);  // ten handshakes at once: one that fails is made again
      v1::SubmitContactResponse response;
      const grpc::Status status = stub.SubmitContact(&context, request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      id = response.referral_id();
    });
  for (std::thread& sender : senders) sender.join();
  EXPECT_THAT(std::set<std::string>(ids.begin(), ids.end()), SizeIs(1));
  EXPECT_THAT(records("referral/" + ids[0]), SizeIs(1));
}

TEST_F(Referrals, AreRefusedWithEveryFaultInOneReply) {
  auto request = contact();
  request.set_request_id("7");
  request.set_source("police");
  request.mutable_account()->clear_concern();
  request.clear_lawful_basis();
  request.mutable_occurred_at()->set_seconds(9'999'999'999);
  auto& child = *request.mutable_children(1)->mutable_identity();
  child.mutable_nhs_number()->set_value("9434765918");
  child.set_unborn(true);
  child.clear_birth_date();
  const auto refused = call(kPolice, &ReferralService::Stub::SubmitContact, request);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_EQ(refused.error().reason, "INVALID_REQUEST");
  EXPECT_THAT(fields_of(refused.error()),
              IsSupersetOf({"request_id", "source", "account.concern", "lawful_basis",
                            "occurred_at", "children[1].identity.nhs_number.value",
                            "children[1].identity.expected_delivery"}));
  for (const FieldFault& fault : refused.error().faults)
    EXPECT_THAT(fault.description, Not(HasSubstr("9434765918")));
}

TEST_F(Referrals, AreNotOfThousandsOfChildren) {
  auto request = contact();
  for (int i = 0; i < 10'000; ++i) request.add_children();
  const auto refused = call(kPolice, &ReferralService::Stub::SubmitContact, request);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(fields_of(refused.error()), IsSupersetOf({"children"}));
}

TEST_F(Referrals, OfAChildInDangerAreTakenWhateverDoesNotCheck) {
  auto request = message<v1::SubmitContactRequest>(R"(
    immediate_danger: true
    source: "police"
    occurred_at { seconds: 9999999999999 }
    children {
      identity { unborn: true sex: SEX_FEMALE nhs_number { value: "943 476 5918" } }
      account { factors: "99Z" }
    }
    account { danger: "A man with a knife is at the door." })");
  request.set_request_id(new_request_id());
  request.mutable_children(0)->mutable_identity()->set_sex(static_cast<v1::Sex>(7));
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(99, 1);
  const auto taken = submit(kPolice, request);
  ASSERT_THAT(taken.child_ids(), SizeIs(1));
  std::vector<std::string> fields;
  for (const auto& field : taken.set_aside()) fields.push_back(field.field());
  EXPECT_THAT(fields, IsSupersetOf({"source", "occurred_at", "children[0].identity.sex",
                                    "children[0].identity.nhs_number.value",
                                    "children[0].account.factors[0]"}));
  const auto seen = get(kTriage, taken.referral_id());
  EXPECT_TRUE(seen.summary().needs_checking());
  EXPECT_EQ(seen.children(0).identity().set_aside_size(), 2);
}

TEST_F(Referrals, DoNotExistForAnAgencyThatToldNothingOfThem) {
  const auto id = submit().referral_id();
  v1::GetReferralRequest request;
  request.set_referral_id(id);
  const auto hidden = call(kHealth, &ReferralService::Stub::GetReferral, request);
  request.set_referral_id(new_request_id());
  const auto absent = call(kHealth, &ReferralService::Stub::GetReferral, request);
  ASSERT_FALSE(hidden.has_value());
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(hidden.error().code, Code::kNotFound);
  EXPECT_EQ(hidden.error().message, absent.error().message);
  const auto add = about<v1::AddInformationRequest>(
      id, R"(text: "More." lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })");
  EXPECT_EQ(call(kHealth, &ReferralService::Stub::AddInformation, add).error().code,
            Code::kNotFound);
  EXPECT_THAT(done(kHealth, &ReferralService::Stub::ListReferrals, {}).referrals(), IsEmpty());
}

TEST_F(Referrals, AreSharedWithAnAgencyOnceItsOwnInformationIsPartOfThem) {
  const auto id = submit().referral_id();
  const auto added =
      done(kTriage, &ReferralService::Stub::AddInformation, about<v1::AddInformationRequest>(id, R"(
                            text: "By telephone." on_behalf_of_agency: "health"
                            lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })"));
  const auto seen = get(kHealth, id);
  ASSERT_THAT(seen.information(), SizeIs(1));
  EXPECT_EQ(seen.information(0).information_id(), added.information_id());
  EXPECT_THAT(seen.children(), IsEmpty());
  EXPECT_EQ(seen.account().concern(), "");
  EXPECT_THAT(get(kPolice, id).information(), IsEmpty());
}

TEST_F(Referrals, AreDecidedByOneOfTwoWhoDecideAtOnce) {
  const auto id = submit().referral_id();
  accept(id);
  std::vector<Result<v1::DecideReferralResponse>> answers(2);
  std::vector<std::thread> officers;
  for (auto& answer : answers)
    officers.emplace_back([&] {
      ReferralService::Stub stub(hub_.connect(hub_.pki().agency("social-care")));
      grpc::ClientContext context;
      TestHub::dress(context, kSocialWorker);
      v1::DecideReferralResponse response;
      const grpc::Status status = stub.DecideReferral(&context, decision(id), &response);
      if (status.ok())
        answer = response;
      else
        answer = tl::unexpected(host::from_status(status));
    });
  for (std::thread& officer : officers) officer.join();
  ASSERT_NE(answers[0].has_value(), answers[1].has_value());
  const auto& refused = answers[0] ? answers[1] : answers[0];
  EXPECT_EQ(refused.error().reason, "REFERRAL_ALREADY_DECIDED");
}

TEST_F(Referrals, AreNotChangedFromAVersionThatHasPassed) {
  const auto id = submit().referral_id();
  auto request = about<v1::RateReferralRequest>(id, "rating: RATING_RED expected_version: 1");
  done(kTriage, &ReferralService::Stub::RateReferral, request);
  request = about<v1::RateReferralRequest>(
      id, R"(rating: RATING_GREEN rationale: "Calm." expected_version: 1)");
  const auto refused = call(kTriage, &ReferralService::Stub::RateReferral, request);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kAborted);
  EXPECT_EQ(refused.error().reason, "VERSION_CONFLICT");
}

TEST_F(Referrals, AreDecidedOnlyInARoleThatMay) {
  const auto id = submit().referral_id();
  accept(id);
  for (const Caller& caller : {kPolice, kTriage, kAuditor}) {
    const auto refused = call(caller, &ReferralService::Stub::DecideReferral, decision(id));
    ASSERT_FALSE(refused.has_value()) << caller.role;
    EXPECT_EQ(refused.error().code, Code::kPermissionDenied) << caller.role;
  }
}

TEST_F(Referrals, AreNeverLookedAtUnseen) {
  const auto submitted = submit();
  const std::string looks = "look/" + submitted.case_id();
  EXPECT_THAT(records(looks), IsEmpty());
  get(kTriage, submitted.referral_id());
  EXPECT_THAT(records(looks), SizeIs(1));
  get(kPolice, submitted.referral_id());
  EXPECT_THAT(records(looks), SizeIs(2));
  EXPECT_THAT(records("referral/" + submitted.referral_id()), SizeIs(1));  // its version stands
}

TEST_F(Referrals, ComeWithAProofWhenItIsAskedFor) {
  auto request = contact();
  request.set_want_proof(true);
  EXPECT_THAT(submit(kPolice, request).receipt().tlog_proof(), HasSubstr("c2sp.org/tlog-proof"));
  EXPECT_EQ(submit().receipt().tlog_proof(), "");
}

// A stream of changes, read one by one.
class Watch {
 public:
  Watch(TestHub& hub, const Caller& caller, std::optional<uint64_t> from)
      : stub_(hub.channel(caller.agency)) {
    TestHub::dress(context_, caller);
    v1::WatchReferralsRequest request;
    if (from) request.set_from_position(*from);
    reader_ = stub_.WatchReferrals(&context_, request);
  }
  ~Watch() {
    context_.TryCancel();
    reader_->Finish();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  v1::WatchReferralsResponse next() {
    v1::WatchReferralsResponse change;
    EXPECT_TRUE(reader_->Read(&change));
    return change;
  }

 private:
  ReferralService::Stub stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchReferralsResponse>> reader_;
};

TEST_F(Referrals, AreWatchedAsTheyChangeAndFromWhereOneLeftOff) {
  const auto before = done(kTriage, &ReferralService::Stub::ListReferrals, {});
  uint64_t cursor = 0;
  std::string id;
  {
    Watch watch(hub_, kTriage, before.position());
    id = submit().referral_id();
    const auto change = watch.next();
    EXPECT_EQ(change.changes(0).change(), "contact_received");
    EXPECT_EQ(change.changes(0).referral().referral_id(), id);
    cursor = change.next_position();
  }
  accept(id);
  hub_.stop();
  hub_.start();
  Watch watch(hub_, kTriage, cursor);
  EXPECT_EQ(watch.next().changes(0).change(), "contact_accepted");
  done(kTriage, &ReferralService::Stub::RateReferral,
       about<v1::RateReferralRequest>(id, "rating: RATING_RED"));
  const auto rated = watch.next();
  EXPECT_EQ(rated.changes(0).change(), "referral_rated");
  EXPECT_EQ(rated.changes(0).referral().rating(), v1::RATING_RED);
}

TEST_F(Referrals, AreListedAsAtAnyTimeAfterARestart) {
  const auto first = submit().referral_id();
  const auto then_time = get(kTriage, first).summary().received_at();
  submit(kHealth);
  hub_.stop();
  hub_.start();
  EXPECT_THAT(done(kTriage, &ReferralService::Stub::ListReferrals, {}).referrals(), SizeIs(2));
  v1::ListReferralsRequest request;
  // What was received at a time had not been recorded yet; a little later it had.
  *request.mutable_as_at() = then_time;
  EXPECT_THAT(done(kTriage, &ReferralService::Stub::ListReferrals, request).referrals(), IsEmpty());
}

TEST_F(Referrals, NamePeopleWhomTheirAgencyMayCorrect) {
  const auto submitted = submit();
  auto correction = message<v1::CorrectPersonRequest>(
      R"(reason: "Birth certificate." identity { family_name: "Bell-Hall" given_names: "Ada" })");
  correction.set_request_id(new_request_id());
  correction.set_person_id(submitted.child_ids(0));
  const auto refused = hub_.call(kHealth, &PersonService::Stub::CorrectPerson, correction);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kNotFound);
  EXPECT_TRUE(hub_.call(kPolice, &PersonService::Stub::CorrectPerson, correction).has_value());
  EXPECT_EQ(get(kTriage, submitted.referral_id()).children(0).identity().family_name(),
            "Bell-Hall");
}

TEST_F(Referrals, AreAboutPeopleWhomTheHubRegistersItselfToo) {
  auto request = message<v1::RegisterPersonRequest>(R"(identity { family_name: "Hall" })");
  request.set_request_id(new_request_id());
  const auto registered = hub_.call(kTriage, &PersonService::Stub::RegisterPerson, request);
  ASSERT_TRUE(registered.has_value()) << told(registered);
  v1::GetPersonRequest get_person;
  get_person.set_person_id(registered->person_id());
  const auto person = hub_.call(kTriage, &PersonService::Stub::GetPerson, get_person);
  ASSERT_TRUE(person.has_value()) << told(person);
  EXPECT_EQ(person->identity().family_name(), "Hall");
  EXPECT_EQ(person->registered_by_agency(), "social-care");
}

}  // namespace
}  // namespace mash::testing
