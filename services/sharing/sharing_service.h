#pragma once
#include <memory>

#include "cases/catch_up.h"
#include "host/desk.h"
#include "host/reports.h"
#include "mash/sharing/v1/sharing_service.grpc.pb.h"
#include "sharing/items/attach_file.h"

namespace mash::sharing {

// SharingService over a desk, and what follows the referral log; both, and that log, outlive it.
// Thread-safe. The messages of AttachFile come as bytes (host/upload.h).
class SharingService final : public v1::SharingService::WithRawCallbackMethod_AttachFile<
                                 v1::SharingService::CallbackService> {
 public:
  SharingService(host::Desk& desk, const cases::Following& following,
                 std::unique_ptr<FileUploads> uploads)
      : desk_(desk), catch_up_(following), uploads_(std::move(uploads)) {}

  // sharing_service.cc: requests, items, files, consents, and who holds what.
  grpc::ServerUnaryReactor* RequestInformation(grpc::CallbackServerContext* call,
                                               const v1::RequestInformationRequest* request,
                                               v1::RequestInformationResponse* response) override;
  grpc::ServerUnaryReactor* AnswerRequest(grpc::CallbackServerContext* call,
                                          const v1::AnswerRequestRequest* request,
                                          v1::AnswerRequestResponse* response) override;
  grpc::ServerUnaryReactor* ExtendDeadline(grpc::CallbackServerContext* call,
                                           const v1::ExtendDeadlineRequest* request,
                                           v1::ExtendDeadlineResponse* response) override;
  grpc::ServerUnaryReactor* GetRequest(grpc::CallbackServerContext* call,
                                       const v1::GetRequestRequest* request,
                                       v1::GetRequestResponse* response) override;
  grpc::ServerUnaryReactor* ListRequests(grpc::CallbackServerContext* call,
                                         const v1::ListRequestsRequest* request,
                                         v1::ListRequestsResponse* response) override;
  grpc::ServerUnaryReactor* OfferInformation(grpc::CallbackServerContext* call,
                                             const v1::OfferInformationRequest* request,
                                             v1::OfferInformationResponse* response) override;
  grpc::ServerUnaryReactor* ProvideSanitised(grpc::CallbackServerContext* call,
                                             const v1::ProvideSanitisedRequest* request,
                                             v1::ProvideSanitisedResponse* response) override;
  grpc::ServerUnaryReactor* CorrectItem(grpc::CallbackServerContext* call,
                                        const v1::CorrectItemRequest* request,
                                        v1::CorrectItemResponse* response) override;
  grpc::ServerUnaryReactor* RecallItem(grpc::CallbackServerContext* call,
                                       const v1::RecallItemRequest* request,
                                       v1::RecallItemResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeRecall(grpc::CallbackServerContext* call,
                                              const v1::AcknowledgeRecallRequest* request,
                                              v1::AcknowledgeRecallResponse* response) override;
  grpc::ServerUnaryReactor* ReadItem(grpc::CallbackServerContext* call,
                                     const v1::ReadItemRequest* request,
                                     v1::ReadItemResponse* response) override;
  grpc::ServerUnaryReactor* ListDisclosed(grpc::CallbackServerContext* call,
                                          const v1::ListDisclosedRequest* request,
                                          v1::ListDisclosedResponse* response) override;
  grpc::ServerUnaryReactor* ExplainAccess(grpc::CallbackServerContext* call,
                                          const v1::ExplainAccessRequest* request,
                                          v1::ExplainAccessResponse* response) override;
  grpc::ServerUnaryReactor* RecordConsent(grpc::CallbackServerContext* call,
                                          const v1::RecordConsentRequest* request,
                                          v1::RecordConsentResponse* response) override;
  grpc::ServerUnaryReactor* GetConsent(grpc::CallbackServerContext* call,
                                       const v1::GetConsentRequest* request,
                                       v1::GetConsentResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawConsent(grpc::CallbackServerContext* call,
                                            const v1::WithdrawConsentRequest* request,
                                            v1::WithdrawConsentResponse* response) override;
  grpc::ServerReadReactor<grpc::ByteBuffer>* AttachFile(grpc::CallbackServerContext* call,
                                                        grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<v1::ReadFileResponse>* ReadFile(
      grpc::CallbackServerContext* call, const v1::ReadFileRequest* request) override;

  grpc::ServerUnaryReactor* ReportRequests(grpc::CallbackServerContext* call,
                                           const v1::ReportRequestsRequest* request,
                                           v1::ReportRequestsResponse* response) override;

  // decision_methods.cc: decisions.
  grpc::ServerUnaryReactor* EvaluateDecision(grpc::CallbackServerContext* call,
                                             const v1::EvaluateDecisionRequest* request,
                                             v1::EvaluateDecisionResponse* response) override;
  grpc::ServerUnaryReactor* RecordDecision(grpc::CallbackServerContext* call,
                                           const v1::RecordDecisionRequest* request,
                                           v1::RecordDecisionResponse* response) override;
  grpc::ServerUnaryReactor* CountersignDecision(grpc::CallbackServerContext* call,
                                                const v1::CountersignDecisionRequest* request,
                                                v1::CountersignDecisionResponse* response) override;
  grpc::ServerUnaryReactor* SupersedeDecision(grpc::CallbackServerContext* call,
                                              const v1::SupersedeDecisionRequest* request,
                                              v1::SupersedeDecisionResponse* response) override;
  grpc::ServerUnaryReactor* ReviewDecision(grpc::CallbackServerContext* call,
                                           const v1::ReviewDecisionRequest* request,
                                           v1::ReviewDecisionResponse* response) override;
  grpc::ServerUnaryReactor* ChallengeDecision(grpc::CallbackServerContext* call,
                                              const v1::ChallengeDecisionRequest* request,
                                              v1::ChallengeDecisionResponse* response) override;
  grpc::ServerUnaryReactor* AnswerChallenge(grpc::CallbackServerContext* call,
                                            const v1::AnswerChallengeRequest* request,
                                            v1::AnswerChallengeResponse* response) override;
  grpc::ServerUnaryReactor* GetDecision(grpc::CallbackServerContext* call,
                                        const v1::GetDecisionRequest* request,
                                        v1::GetDecisionResponse* response) override;
  grpc::ServerUnaryReactor* ListDecisions(grpc::CallbackServerContext* call,
                                          const v1::ListDecisionsRequest* request,
                                          v1::ListDecisionsResponse* response) override;

 private:
  // A read: not while the referral log cannot be followed, since nobody would know of a bar.
  template <class Request>
  grpc::ServerUnaryReactor* read(grpc::CallbackServerContext* call, const Request* request,
                                 host::Read read) {
    return desk_.query(call, request, catch_up_.reading(std::move(read)));
  }

  host::Desk& desk_;
  cases::CatchUp catch_up_;
  std::unique_ptr<FileUploads> uploads_;
  host::Reports reports_;
};

}  // namespace mash::sharing
