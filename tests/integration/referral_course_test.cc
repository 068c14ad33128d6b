#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "integration/test_hub.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

// What a referral goes through besides its decision, as the callers see it: over gRPC and mutual
// TLS, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using ::testing::SizeIs;
using Stub = v1::ReferralService::Stub;

template <class Message>
Message message(const std::string& text) {
  Message parsed;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &parsed)) << text;
  parsed.set_request_id(new_request_id());
  return parsed;
}

class Course : public ::testing::Test {
 protected:
  template <class Request, class Response>
  Response done(const Caller& caller,
                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const std::string& text) {
    const auto result = hub_.call(caller, method, message<Request>(in_full(text)));
    EXPECT_TRUE(result.has_value()) << text << (result ? "" : ": " + result.error().message);
    return result.value_or(Response());
  }

  template <class Request, class Response>
  std::string refused(const Caller& caller,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const std::string& text) {
    const auto result = hub_.call(caller, method, message<Request>(in_full(text)));
    return result ? "accepted" : result.error().reason;
  }

  // Every request but the first is about the one referral.
  std::string in_full(const std::string& text) const {
    return id_.empty() ? text : "referral_id: '" + id_ + "' " + text;
  }

  v1::SubmitContactResponse submit(const std::string& more = "") {
    const auto answer = done(kPolice, &Stub::SubmitContact, R"(
      source: "6"
      children { identity { given_names: "Ada" family_name: "Bell" } }
      account { concern: "Left alone overnight." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK } )" + more);
    id_ = answer.referral_id();
    return answer;
  }

  std::string decide() {
    done(kTriage, &Stub::DecideContact,
         R"(outcome: CONTACT_OUTCOME_ACCEPTED rationale: "Accepted.")");
    return done(kSocialWorker, &Stub::DecideReferral, R"(
                decision { outcome: "section-17-assessment" level_of_need: "4"
                           rationale: "Neglect." family_informed: FAMILY_INFORMED_TO_BE_TOLD
                           evidence_ids: ")" + id_ + "\" }")
        .decision_id();
  }

  v1::ReferralDetail get(const Caller& caller) {
    v1::GetReferralRequest request;
    request.set_referral_id(id_);
    return hub_.call(caller, &Stub::GetReferral, request)
        .value_or(v1::GetReferralResponse())
        .referral();
  }

  TestHub hub_;
  std::string id_;
};

TEST_F(Course, TellsOfOthersInvolvedAndNamesThemByIdTheNextTime) {
  const auto first = submit(R"(
    people { identity { given_names: "Eve" family_name: "Bell" } role: PERSON_ROLE_PARENT })");
  ASSERT_THAT(first.child_ids(), SizeIs(1));
  ASSERT_THAT(first.person_ids(), SizeIs(1));
  EXPECT_EQ(get(kTriage).people(0).identity().given_names(), "Eve");
  id_.clear();
  const auto second = submit("people { person_id: '" + first.person_ids(0) +
                             "' role: PERSON_ROLE_ALLEGED_PERPETRATOR }");
  EXPECT_EQ(second.person_ids(0), first.person_ids(0));
  EXPECT_EQ(get(kTriage).summary().area(), hub_.config().area);
}

TEST_F(Course, TakesAContactBackAndTheHubGoesOnAllTheSame) {
  submit();
  EXPECT_EQ(refused(kTriage, &Stub::WithdrawContact, R"(reason: "Not ours.")"), "NOT_THE_SENDER");
  done(kPolice, &Stub::WithdrawContact, R"(reason: "Sent by mistake.")");
  EXPECT_EQ(get(kPolice).summary().stage(), v1::REFERRAL_STAGE_WITHDRAWN);
  EXPECT_EQ(get(kTriage).withdrawal_reason(), "Sent by mistake.");
  decide();
  EXPECT_EQ(get(kPolice).summary().stage(), v1::REFERRAL_STAGE_DECIDED);
}

TEST_F(Course, KeepsWhatTriageAndSocialCareRecord) {
  submit();
  done(kTriage, &Stub::AssignReferral, R"(assignee: "sw-1" reason: "Knows the family.")");
  const auto threshold =
      done(kSocialWorker, &Stub::RecordThreshold,
           R"(threshold { kind: THRESHOLD_KIND_SECTION_47 rationale: "Bruises." })");
  const auto called =
      done(kTriage, &Stub::RecordOtherRoute, "route { kind: OTHER_ROUTE_KIND_DESIGNATED_OFFICER }");
  EXPECT_EQ(called.deadline().kind(), "designated-officer");
  decide();
  done(kTriage, &Stub::InformFamily,
       R"(family { informed: FAMILY_INFORMED_TOLD account: "The mother, by telephone." })");
  done(kSocialWorker, &Stub::ExtendDeadline,
       R"(kind: "assessment" due { seconds: 4102444800 } reasons: "They are abroad.")");
  done(kSocialWorker, &Stub::CompleteAssessment,
       R"(assessment { conclusion: "A plan." factors: "16A" primary_need: "N1" })");
  const auto detail = get(kTriage);
  EXPECT_EQ(detail.summary().assignee(), "sw-1");
  EXPECT_EQ(detail.thresholds(0).threshold_id(), threshold.threshold_id());
  EXPECT_EQ(detail.other_routes(0).route_id(), called.route_id());
  EXPECT_EQ(detail.family(0).account(), "The mother, by telephone.");
  EXPECT_EQ(detail.assessment().conclusion(), "A plan.");
  EXPECT_EQ(get(kPolice).thresholds_size() + get(kPolice).family_size(), 0);
}

TEST_F(Course, GoesThroughAChallengeToItsResolution) {
  submit();
  const std::string decision = decide();
  const auto raised = done(kPolice, &Stub::ChallengeDecision,
                           "grounds: 'He is back.' decision_id: '" + decision + "'");
  EXPECT_EQ(raised.level(), "team-manager");
  const std::string challenge = " challenge_id: '" + raised.challenge_id() + "'";
  const std::string stands =
      "resolution: CHALLENGE_RESOLUTION_NOT_UPHELD answer: 'It stands.'" + challenge;
  EXPECT_EQ(refused(kSocialWorker, &Stub::AnswerChallenge, stands), "NOT_INDEPENDENT");
  EXPECT_FALSE(done(kManager, &Stub::AnswerChallenge, stands).resolved());
  EXPECT_EQ(
      done(kPolice, &Stub::ChallengeDecision, "grounds: 'It says nothing of Tom.'" + challenge)
          .level(),
      "head-of-service");
  EXPECT_TRUE(done(kManager, &Stub::AnswerChallenge,
                   "resolution: CHALLENGE_RESOLUTION_UPHELD answer: 'You are right.'" + challenge)
                  .resolved());
  const auto shown = get(kPolice).challenges(0);
  EXPECT_TRUE(shown.resolved());
  EXPECT_EQ(shown.steps(0).grounds(), "He is back.");
  EXPECT_EQ(shown.steps(1).answer(), "You are right.");
}

TEST_F(Course, MovesToAnotherAuthorityWhenThatAcceptsInWriting) {
  submit();
  const auto proposed = done(kSocialWorker, &Stub::TransferReferral, R"(
    transfer { to_area: "E08000025" ground: TRANSFER_GROUND_LIVES_THERE reason: "Since May." })");
  const std::string answer = "transfer_id: '" + proposed.transfer_id() +
                             "' accepted: true statement: 'We take it.' area: ";
  EXPECT_EQ(refused(kManager, &Stub::AcceptTransfer, answer + "'E08000026'"),
            "NOT_THE_RECEIVING_AREA");
  EXPECT_EQ(refused(kPolice, &Stub::AcceptTransfer, answer + "'E08000025'"), "NOT_FOUND");
  done(kManager, &Stub::AcceptTransfer, answer + "'E08000025'");
  EXPECT_THAT(done(kManager, &Stub::AcceptTransfer, answer + "'E08000025'").receipt().event_ids(),
              SizeIs(0));
  EXPECT_EQ(get(kTriage).summary().stage(), v1::REFERRAL_STAGE_TRANSFERRED);
  EXPECT_EQ(get(kTriage).summary().area(), "E08000025");
  EXPECT_EQ(get(kTriage).transfers(0).answer().statement(), "We take it.");
}

}  // namespace
}  // namespace mash::testing
