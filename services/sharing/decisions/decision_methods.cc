#include <utility>

#include "log/appended.h"
#include "sharing/decisions/decision.h"
#include "sharing/decisions/decision_commands.h"
#include "sharing/decisions/decision_reads.h"
#include "sharing/law/evaluate_decision.h"
#include "sharing/sharing_service.h"
#include "sharing/streams.h"

// SharingService's methods on decisions.
namespace mash::sharing {
namespace {

log::Target target_of(const std::string& decision_id) { return {decision_stream(decision_id)}; }

// Which decision was recorded, and whether it is in force.
template <class Response>
void fill_recorded(const log::EventLog& log, const log::Appended& appended, Response& response) {
  const auto first = log::first_event<v1::DecisionEvent>(log, appended);
  if (!first) return;
  response.set_decision_id(first->id);
  response.set_status(first->event.recorded().needs_second_signature()
                          ? v1::DECISION_STATUS_AWAITING_SIGNATURE
                          : v1::DECISION_STATUS_IN_FORCE);
}

}  // namespace

grpc::ServerUnaryReactor* SharingService::EvaluateDecision(
    grpc::CallbackServerContext* call, const v1::EvaluateDecisionRequest* request,
    v1::EvaluateDecisionResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return evaluate_decision(desk_.log(), desk_.parts().packs, *request, context, *response);
  });
}

grpc::ServerUnaryReactor* SharingService::RecordDecision(grpc::CallbackServerContext* call,
                                                         const v1::RecordDecisionRequest* request,
                                                         v1::RecordDecisionResponse* response) {
  return desk_.command(
      call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
        return record_decision(unit, *request);
      }),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         fill_recorded(desk_.log(), appended, *response);
       }});
}

grpc::ServerUnaryReactor* SharingService::CountersignDecision(
    grpc::CallbackServerContext* call, const v1::CountersignDecisionRequest* request,
    v1::CountersignDecisionResponse* response) {
  return desk_.command(call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
    return countersign_decision(unit, *request);
  }),
                       {.fill = [this, request, response](const log::Appended& appended) {
                         const auto state = log::state_after<Decision>(
                             desk_.log(), appended, decision_stream(request->decision_id()));
                         if (state) response->set_status(state->status);
                       }});
}

grpc::ServerUnaryReactor* SharingService::SupersedeDecision(
    grpc::CallbackServerContext* call, const v1::SupersedeDecisionRequest* request,
    v1::SupersedeDecisionResponse* response) {
  return desk_.command(
      call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
        return supersede_decision(unit, *request);
      }),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         fill_recorded(desk_.log(), appended, *response);
       }});
}

grpc::ServerUnaryReactor* SharingService::ReviewDecision(grpc::CallbackServerContext* call,
                                                         const v1::ReviewDecisionRequest* request,
                                                         v1::ReviewDecisionResponse* response) {
  return desk_.command<Decision>(call, request, response, target_of(request->decision_id()));
}

grpc::ServerUnaryReactor* SharingService::ChallengeDecision(
    grpc::CallbackServerContext* call, const v1::ChallengeDecisionRequest* request,
    v1::ChallengeDecisionResponse* response) {
  return desk_.command<Decision>(
      call, request, response, target_of(request->decision_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         const auto first = log::first_event<v1::DecisionEvent>(desk_.log(), appended);
         if (!first) return;
         const v1::SharingDecisionChallenged& challenged = first->event.challenged();
         response->set_challenge_id(challenged.challenge_id());
         response->set_level(challenged.step().level());
         *response->mutable_deadline() = challenged.step().deadline();
       }});
}

grpc::ServerUnaryReactor* SharingService::AnswerChallenge(grpc::CallbackServerContext* call,
                                                          const v1::AnswerChallengeRequest* request,
                                                          v1::AnswerChallengeResponse* response) {
  return desk_.command<Decision>(
      call, request, response, target_of(request->decision_id()),
      {.fill = [this, response](const log::Appended& appended) {
        if (const auto first = log::first_event<v1::DecisionEvent>(desk_.log(), appended))
          response->set_resolved(first->event.challenge_answered().resolved());
      }});
}

grpc::ServerUnaryReactor* SharingService::GetDecision(grpc::CallbackServerContext* call,
                                                      const v1::GetDecisionRequest* request,
                                                      v1::GetDecisionResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return get_decision(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* SharingService::ListDecisions(grpc::CallbackServerContext* call,
                                                        const v1::ListDecisionsRequest* request,
                                                        v1::ListDecisionsResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return list_decisions(desk_.log(), *request, context, *response);
  });
}

}  // namespace mash::sharing
