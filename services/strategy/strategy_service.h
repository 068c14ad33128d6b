#pragma once
#include "cases/catch_up.h"
#include "host/desk.h"
#include "host/reports.h"
#include "mash/strategy/v1/strategy_service.grpc.pb.h"

namespace mash::strategy {

// StrategyService over a desk, and what follows the referral log; both outlive it. Thread-safe.
class StrategyService final : public v1::StrategyService::CallbackService {
 public:
  StrategyService(host::Desk& desk, const cases::Following& following)
      : desk_(desk), catch_up_(following) {}

  // discussion_methods.cc: discussions.
  grpc::ServerUnaryReactor* ConveneDiscussion(grpc::CallbackServerContext* call,
                                              const v1::ConveneDiscussionRequest* request,
                                              v1::ConveneDiscussionResponse* response) override;
  grpc::ServerUnaryReactor* CallOffDiscussion(grpc::CallbackServerContext* call,
                                              const v1::CallOffDiscussionRequest* request,
                                              v1::CallOffDiscussionResponse* response) override;
  grpc::ServerUnaryReactor* InviteParticipant(grpc::CallbackServerContext* call,
                                              const v1::InviteParticipantRequest* request,
                                              v1::InviteParticipantResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawInvitation(grpc::CallbackServerContext* call,
                                               const v1::WithdrawInvitationRequest* request,
                                               v1::WithdrawInvitationResponse* response) override;
  grpc::ServerUnaryReactor* AnswerInvitation(grpc::CallbackServerContext* call,
                                             const v1::AnswerInvitationRequest* request,
                                             v1::AnswerInvitationResponse* response) override;
  grpc::ServerUnaryReactor* RecordAttendance(grpc::CallbackServerContext* call,
                                             const v1::RecordAttendanceRequest* request,
                                             v1::RecordAttendanceResponse* response) override;
  grpc::ServerUnaryReactor* StartDiscussion(grpc::CallbackServerContext* call,
                                            const v1::StartDiscussionRequest* request,
                                            v1::StartDiscussionResponse* response) override;
  grpc::ServerUnaryReactor* RecordDiscussionDecision(
      grpc::CallbackServerContext* call, const v1::RecordDiscussionDecisionRequest* request,
      v1::RecordDiscussionDecisionResponse* response) override;
  grpc::ServerUnaryReactor* AssignAction(grpc::CallbackServerContext* call,
                                         const v1::AssignActionRequest* request,
                                         v1::AssignActionResponse* response) override;
  grpc::ServerUnaryReactor* CompleteAction(grpc::CallbackServerContext* call,
                                           const v1::CompleteActionRequest* request,
                                           v1::CompleteActionResponse* response) override;
  grpc::ServerUnaryReactor* RecordDissent(grpc::CallbackServerContext* call,
                                          const v1::RecordDissentRequest* request,
                                          v1::RecordDissentResponse* response) override;
  grpc::ServerUnaryReactor* ChallengeDiscussionDecision(
      grpc::CallbackServerContext* call, const v1::ChallengeDiscussionDecisionRequest* request,
      v1::ChallengeDiscussionDecisionResponse* response) override;
  grpc::ServerUnaryReactor* AnswerChallenge(grpc::CallbackServerContext* call,
                                            const v1::AnswerChallengeRequest* request,
                                            v1::AnswerChallengeResponse* response) override;
  grpc::ServerUnaryReactor* ConcludeEnquiry(grpc::CallbackServerContext* call,
                                            const v1::ConcludeEnquiryRequest* request,
                                            v1::ConcludeEnquiryResponse* response) override;
  grpc::ServerUnaryReactor* CloseDiscussion(grpc::CallbackServerContext* call,
                                            const v1::CloseDiscussionRequest* request,
                                            v1::CloseDiscussionResponse* response) override;
  grpc::ServerUnaryReactor* IssueRecord(grpc::CallbackServerContext* call,
                                        const v1::IssueRecordRequest* request,
                                        v1::IssueRecordResponse* response) override;
  grpc::ServerUnaryReactor* ReconveneDiscussion(grpc::CallbackServerContext* call,
                                                const v1::ReconveneDiscussionRequest* request,
                                                v1::ReconveneDiscussionResponse* response) override;
  grpc::ServerUnaryReactor* ExtendDeadline(grpc::CallbackServerContext* call,
                                           const v1::ExtendDeadlineRequest* request,
                                           v1::ExtendDeadlineResponse* response) override;

  // strategy_service.cc: what follows them, and reads.
  grpc::ServerUnaryReactor* ScheduleConference(grpc::CallbackServerContext* call,
                                               const v1::ScheduleConferenceRequest* request,
                                               v1::ScheduleConferenceResponse* response) override;
  grpc::ServerUnaryReactor* RequestConference(grpc::CallbackServerContext* call,
                                              const v1::RequestConferenceRequest* request,
                                              v1::RequestConferenceResponse* response) override;
  grpc::ServerUnaryReactor* RecordConference(grpc::CallbackServerContext* call,
                                             const v1::RecordConferenceRequest* request,
                                             v1::RecordConferenceResponse* response) override;
  grpc::ServerUnaryReactor* RecordBirth(grpc::CallbackServerContext* call,
                                        const v1::RecordBirthRequest* request,
                                        v1::RecordBirthResponse* response) override;
  grpc::ServerUnaryReactor* RecordProtection(grpc::CallbackServerContext* call,
                                             const v1::RecordProtectionRequest* request,
                                             v1::RecordProtectionResponse* response) override;
  grpc::ServerUnaryReactor* ExtendProtection(grpc::CallbackServerContext* call,
                                             const v1::ExtendProtectionRequest* request,
                                             v1::ExtendProtectionResponse* response) override;
  grpc::ServerUnaryReactor* RecordResponsibility(
      grpc::CallbackServerContext* call, const v1::RecordResponsibilityRequest* request,
      v1::RecordResponsibilityResponse* response) override;
  grpc::ServerUnaryReactor* EndProtection(grpc::CallbackServerContext* call,
                                          const v1::EndProtectionRequest* request,
                                          v1::EndProtectionResponse* response) override;
  grpc::ServerUnaryReactor* FlagMissing(grpc::CallbackServerContext* call,
                                        const v1::FlagMissingRequest* request,
                                        v1::FlagMissingResponse* response) override;
  grpc::ServerUnaryReactor* ClearMissing(grpc::CallbackServerContext* call,
                                         const v1::ClearMissingRequest* request,
                                         v1::ClearMissingResponse* response) override;
  grpc::ServerUnaryReactor* GetDiscussion(grpc::CallbackServerContext* call,
                                          const v1::GetDiscussionRequest* request,
                                          v1::GetDiscussionResponse* response) override;
  grpc::ServerUnaryReactor* ListDiscussions(grpc::CallbackServerContext* call,
                                            const v1::ListDiscussionsRequest* request,
                                            v1::ListDiscussionsResponse* response) override;
  grpc::ServerUnaryReactor* ListActions(grpc::CallbackServerContext* call,
                                        const v1::ListActionsRequest* request,
                                        v1::ListActionsResponse* response) override;
  grpc::ServerUnaryReactor* ListConferences(grpc::CallbackServerContext* call,
                                            const v1::ListConferencesRequest* request,
                                            v1::ListConferencesResponse* response) override;
  grpc::ServerUnaryReactor* GetCaseStrategy(grpc::CallbackServerContext* call,
                                            const v1::GetCaseStrategyRequest* request,
                                            v1::GetCaseStrategyResponse* response) override;
  grpc::ServerUnaryReactor* ListMissing(grpc::CallbackServerContext* call,
                                        const v1::ListMissingRequest* request,
                                        v1::ListMissingResponse* response) override;
  grpc::ServerUnaryReactor* ReportDiscussions(grpc::CallbackServerContext* call,
                                              const v1::ReportDiscussionsRequest* request,
                                              v1::ReportDiscussionsResponse* response) override;

 private:
  // A read, and a command that gives something to somebody: not while the referral log cannot be
  // followed, since nobody would know of a bar.
  template <class Request>
  grpc::ServerUnaryReactor* read(grpc::CallbackServerContext* call, const Request* request,
                                 host::Read read) {
    return desk_.query(call, request, catch_up_.reading(std::move(read)));
  }
  // The work of a command on a case that the referral log may just have told of.
  log::Work in_case(const std::string& case_id, log::Work work) const;
  // The same of one that goes on while it is not known who is barred by now.
  log::Work told_of_case(const std::string& case_id, log::Work work) const;

  host::Desk& desk_;
  cases::CatchUp catch_up_;
  host::Reports reports_;
};

}  // namespace mash::strategy
