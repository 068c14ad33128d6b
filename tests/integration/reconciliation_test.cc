#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "integration/grpc_helpers.h"
#include "integration/hub_test.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

// What an agency expects the hub to have received, and what it is told: over gRPC, against a whole
// hub.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using ::testing::IsEmpty;
using v1::ReferralService;

const Caller kPoliceSystem{"police", "", "referrer-system"};

class Reconciliation : public HubTest {
 protected:
  v1::SubmitContactResponse submit(const std::string& reference, const Caller& caller = kPolice) {
    v1::SubmitContactRequest request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
      source: "6"
      children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
      account { concern: "Left alone overnight." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })",
                                                              &request));
    request.mutable_account()->set_agency_reference(reference);
    request.set_request_id(new_request_id());
    return done(caller, &ReferralService::Stub::SubmitContact, request);
  }

  static v1::ReportExpectedRequest report(const std::vector<std::string>& references) {
    v1::ReportExpectedRequest request;
    request.set_request_id(new_request_id());
    request.set_day("2026-03-04");
    for (const std::string& reference : references) request.add_references(reference);
    return request;
  }
  // As an agency's system does: it sends the same again where the hub is not that far yet.
  v1::ReportExpectedResponse expect(const std::vector<std::string>& references,
                                    const Caller& caller = kPoliceSystem) {
    return expect(report(references), caller);
  }
  v1::ReportExpectedResponse expect(const v1::ReportExpectedRequest& request,
                                    const Caller& caller = kPoliceSystem) {
    Result<v1::ReportExpectedResponse> answer;
    eventually([&] {
      answer = call(caller, &ReferralService::Stub::ReportExpected, request);
      return answer || answer.error().reason != "LOOKUP_BEHIND";
    });
    EXPECT_TRUE(answer.has_value()) << told(answer);
    return answer.value_or(v1::ReportExpectedResponse());
  }

  void close_with_feedback(const std::string& referral_id) {
    v1::DecideContactRequest decide;
    decide.set_request_id(new_request_id());
    decide.set_referral_id(referral_id);
    decide.set_outcome(v1::CONTACT_OUTCOME_NO_FURTHER_ACTION);
    decide.set_rationale("Known and supported.");
    done(kTriage, &ReferralService::Stub::DecideContact, decide);
    v1::GiveFeedbackRequest feedback;
    feedback.set_request_id(new_request_id());
    feedback.set_referral_id(referral_id);
    feedback.set_agency("police");
    feedback.set_text("No referral this time.");
    feedback.set_other_support("The family hub.");
    done(kTriage, &ReferralService::Stub::GiveFeedback, feedback);
  }
};

TEST_F(Reconciliation, TellsWhatNeverCameAndWhatWasNeverAnswered) {
  const auto answered = submit("INC-1");
  const auto waiting = submit("INC-2");
  close_with_feedback(answered.referral_id());
  const auto told = expect({"INC-3", "INC-2", "INC-1"});
  ASSERT_EQ(told.contacts_size(), 3);
  EXPECT_EQ(told.missing(), 1u);
  EXPECT_EQ(told.unanswered(), 1u);
  EXPECT_EQ(told.contacts(0).reference(), "INC-3");
  EXPECT_THAT(told.contacts(0).referral_id(), IsEmpty());
  EXPECT_FALSE(told.contacts(0).has_received_at());
  EXPECT_EQ(told.contacts(1).referral_id(), waiting.referral_id());
  EXPECT_EQ(told.contacts(1).stage(), v1::REFERRAL_STAGE_CONTACT);
  EXPECT_FALSE(told.contacts(1).answered());
  EXPECT_EQ(told.contacts(2).referral_id(), answered.referral_id());
  EXPECT_EQ(told.contacts(2).stage(), v1::REFERRAL_STAGE_CLOSED);
  EXPECT_TRUE(told.contacts(2).answered());
}

TEST_F(Reconciliation, NeverCallsMissingWhatCameTheMomentBefore) {
  for (int i = 0; i < 50; ++i) {
    const std::string reference = "INC-" + std::to_string(i);
    submit(reference);
    EXPECT_EQ(expect({reference}).missing(), 0u);
  }
}

TEST_F(Reconciliation, IsOfOnesOwnReferencesAlone) {
  submit("INC-1", kHealth);
  EXPECT_EQ(expect({"INC-1"}).missing(), 1u);
  EXPECT_EQ(expect({"INC-1"}, kHealth).missing(), 0u);
}

TEST_F(Reconciliation, SentAgainIsAnsweredAsTheFirstTime) {
  const auto request = report({"INC-1", "INC-2"});
  const auto first_contact = submit("INC-1");
  const auto first = expect(request);
  submit("INC-2");
  close_with_feedback(first_contact.referral_id());
  const auto again = expect(request);
  EXPECT_TRUE(again.receipt().repeated_request());
  EXPECT_EQ(again.missing(), 1u);
  EXPECT_EQ(again.unanswered(), 1u);
  ASSERT_EQ(again.contacts_size(), 2);
  EXPECT_EQ(again.contacts(0).DebugString(), first.contacts(0).DebugString());
  EXPECT_EQ(again.contacts(1).DebugString(), first.contacts(1).DebugString());
}

TEST_F(Reconciliation, SaysOfAContactOneMayNotSeeOnlyThatItCame) {
  const auto submitted = submit("INC-1");
  v1::BarPractitionerRequest bar;
  bar.set_request_id(new_request_id());
  bar.set_case_id(submitted.case_id());
  bar.mutable_practitioner()->set_agency(kPolice.agency);
  bar.mutable_practitioner()->set_practitioner(kPolice.practitioner);
  bar.set_ground(v1::BAR_GROUND_SUBJECT);
  bar.set_reason("He is the father.");
  done(kManager, &ReferralService::Stub::BarPractitioner, bar);
  const auto told = expect({"INC-1"}, kPolice);
  EXPECT_EQ(told.missing(), 0u);
  EXPECT_TRUE(told.contacts(0).has_received_at());
  EXPECT_THAT(told.contacts(0).referral_id(), IsEmpty());
  EXPECT_EQ(told.contacts(0).stage(), v1::REFERRAL_STAGE_UNSPECIFIED);
  EXPECT_EQ(expect({"INC-1"}).contacts(0).referral_id(), submitted.referral_id());
}

}  // namespace
}  // namespace mash::testing
