#pragma once

#include "host/arena_messages.h"
#include "host/desk.h"
#include "host/reports.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "referral/intake/reconciliation.h"
#include "referral/lists/change_feed.h"

namespace mash::referral {

// ReferralService over a desk, and a look-up that finds contacts by their senders' references; both
// outlive it. Thread-safe. The messages of SubmitContacts come as bytes (host/upload.h).
class ReferralService final : public v1::ReferralService::WithRawCallbackMethod_SubmitContacts<
                                  v1::ReferralService::CallbackService> {
 public:
  ReferralService(host::Desk& desk, const log::Lookup& lookup)
      : desk_(desk), reconciliation_(desk.log(), desk.parts().keys, lookup), feed_(desk.log()) {
    SetMessageAllocatorFor_SubmitContact(&contact_messages_);
  }

  grpc::ServerUnaryReactor* SubmitContact(grpc::CallbackServerContext* call,
                                          const v1::SubmitContactRequest* request,
                                          v1::SubmitContactResponse* response) override;
  grpc::ServerReadReactor<grpc::ByteBuffer>* SubmitContacts(grpc::CallbackServerContext* call,
                                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* WithdrawContact(grpc::CallbackServerContext* call,
                                            const v1::WithdrawContactRequest* request,
                                            v1::WithdrawContactResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeContact(grpc::CallbackServerContext* call,
                                               const v1::AcknowledgeContactRequest* request,
                                               v1::AcknowledgeContactResponse* response) override;
  grpc::ServerUnaryReactor* DecideContact(grpc::CallbackServerContext* call,
                                          const v1::DecideContactRequest* request,
                                          v1::DecideContactResponse* response) override;
  grpc::ServerUnaryReactor* AddInformation(grpc::CallbackServerContext* call,
                                           const v1::AddInformationRequest* request,
                                           v1::AddInformationResponse* response) override;
  grpc::ServerUnaryReactor* RateReferral(grpc::CallbackServerContext* call,
                                         const v1::RateReferralRequest* request,
                                         v1::RateReferralResponse* response) override;
  grpc::ServerUnaryReactor* AssignReferral(grpc::CallbackServerContext* call,
                                           const v1::AssignReferralRequest* request,
                                           v1::AssignReferralResponse* response) override;
  grpc::ServerUnaryReactor* RecordThreshold(grpc::CallbackServerContext* call,
                                            const v1::RecordThresholdRequest* request,
                                            v1::RecordThresholdResponse* response) override;
  grpc::ServerUnaryReactor* RecordOtherRoute(grpc::CallbackServerContext* call,
                                             const v1::RecordOtherRouteRequest* request,
                                             v1::RecordOtherRouteResponse* response) override;
  grpc::ServerUnaryReactor* ExtendDeadline(grpc::CallbackServerContext* call,
                                           const v1::ExtendDeadlineRequest* request,
                                           v1::ExtendDeadlineResponse* response) override;
  grpc::ServerUnaryReactor* DecideReferral(grpc::CallbackServerContext* call,
                                           const v1::DecideReferralRequest* request,
                                           v1::DecideReferralResponse* response) override;
  grpc::ServerUnaryReactor* ReviseDecision(grpc::CallbackServerContext* call,
                                           const v1::ReviseDecisionRequest* request,
                                           v1::ReviseDecisionResponse* response) override;
  grpc::ServerUnaryReactor* GiveFeedback(grpc::CallbackServerContext* call,
                                         const v1::GiveFeedbackRequest* request,
                                         v1::GiveFeedbackResponse* response) override;
  grpc::ServerUnaryReactor* ReportExpected(grpc::CallbackServerContext* call,
                                           const v1::ReportExpectedRequest* request,
                                           v1::ReportExpectedResponse* response) override;
  grpc::ServerUnaryReactor* JoinCases(grpc::CallbackServerContext* call,
                                      const v1::JoinCasesRequest* request,
                                      v1::JoinCasesResponse* response) override;
  grpc::ServerUnaryReactor* PartCases(grpc::CallbackServerContext* call,
                                      const v1::PartCasesRequest* request,
                                      v1::PartCasesResponse* response) override;
  grpc::ServerUnaryReactor* RestrictCase(grpc::CallbackServerContext* call,
                                         const v1::RestrictCaseRequest* request,
                                         v1::RestrictCaseResponse* response) override;
  grpc::ServerUnaryReactor* BarPractitioner(grpc::CallbackServerContext* call,
                                            const v1::BarPractitionerRequest* request,
                                            v1::BarPractitionerResponse* response) override;
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* call,
                                    const v1::GetCaseRequest* request,
                                    v1::GetCaseResponse* response) override;
  grpc::ServerUnaryReactor* InformFamily(grpc::CallbackServerContext* call,
                                         const v1::InformFamilyRequest* request,
                                         v1::InformFamilyResponse* response) override;
  grpc::ServerUnaryReactor* CompleteAssessment(grpc::CallbackServerContext* call,
                                               const v1::CompleteAssessmentRequest* request,
                                               v1::CompleteAssessmentResponse* response) override;
  grpc::ServerUnaryReactor* ChallengeDecision(grpc::CallbackServerContext* call,
                                              const v1::ChallengeDecisionRequest* request,
                                              v1::ChallengeDecisionResponse* response) override;
  grpc::ServerUnaryReactor* AnswerChallenge(grpc::CallbackServerContext* call,
                                            const v1::AnswerChallengeRequest* request,
                                            v1::AnswerChallengeResponse* response) override;
  grpc::ServerUnaryReactor* TransferReferral(grpc::CallbackServerContext* call,
                                             const v1::TransferReferralRequest* request,
                                             v1::TransferReferralResponse* response) override;
  grpc::ServerUnaryReactor* AcceptTransfer(grpc::CallbackServerContext* call,
                                           const v1::AcceptTransferRequest* request,
                                           v1::AcceptTransferResponse* response) override;
  grpc::ServerUnaryReactor* GetReferral(grpc::CallbackServerContext* call,
                                        const v1::GetReferralRequest* request,
                                        v1::GetReferralResponse* response) override;
  grpc::ServerUnaryReactor* ReportTimeliness(grpc::CallbackServerContext* call,
                                             const v1::ReportTimelinessRequest* request,
                                             v1::ReportTimelinessResponse* response) override;
  grpc::ServerUnaryReactor* ListReferrals(grpc::CallbackServerContext* call,
                                          const v1::ListReferralsRequest* request,
                                          v1::ListReferralsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchReferralsResponse>* WatchReferrals(
      grpc::CallbackServerContext* call, const v1::WatchReferralsRequest* request) override;

 private:
  host::Desk& desk_;
  Reconciliation reconciliation_;
  // A contact has many parts, and there are more contacts than anything else.
  host::ArenaMessages<v1::SubmitContactRequest, v1::SubmitContactResponse> contact_messages_;
  ChangeFeed feed_;  // for all who watch
  host::Reports reports_;
};

}  // namespace mash::referral
