#include <utility>

#include "log/appended.h"
#include "strategy/answers.h"
#include "strategy/conferences/conference.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/discussion_commands.h"
#include "strategy/strategy_service.h"
#include "strategy/streams.h"

// StrategyService's methods on discussions, until what was agreed is followed up.
namespace mash::strategy {
namespace {

log::Target target_of(const std::string& discussion_id) {
  return {discussion_stream(discussion_id)};
}

// The event of that kind that a command appended to a discussion.
template <class Has>
std::optional<v1::DiscussionEvent> appended_event(const log::EventLog& log,
                                                  const log::Appended& appended, Has has) {
  for (v1::DiscussionEvent& event : log::all_events<v1::DiscussionEvent>(log, appended))
    if (has(event)) return std::move(event);
  return {};
}

}  // namespace

grpc::ServerUnaryReactor* StrategyService::ConveneDiscussion(
    grpc::CallbackServerContext* call, const v1::ConveneDiscussionRequest* request,
    v1::ConveneDiscussionResponse* response) {
  return desk_.command(
      call, request, response,
      in_case(request->case_id(),
              [request](log::UnitOfWork& unit) { return convene_discussion(unit, *request); }),
      {.fresh = {.plain = static_cast<std::size_t>(1 + request->invitations_size())},
       .fill = [this, response](const log::Appended& appended) {
         for (const log::AppendedEvent& each : appended.events)
           if (each.stream.starts_with("discussion/"))
             response->set_discussion_id(id_in(each.stream));
         for (const v1::DiscussionEvent& event :
              log::all_events<v1::DiscussionEvent>(desk_.log(), appended))
           if (event.has_invited()) response->add_participant_ids(event.invited().participant_id());
       }});
}

grpc::ServerUnaryReactor* StrategyService::CallOffDiscussion(
    grpc::CallbackServerContext* call, const v1::CallOffDiscussionRequest* request,
    v1::CallOffDiscussionResponse* response) {
  return desk_.command<Discussion>(call, request, response, target_of(request->discussion_id()));
}

grpc::ServerUnaryReactor* StrategyService::InviteParticipant(
    grpc::CallbackServerContext* call, const v1::InviteParticipantRequest* request,
    v1::InviteParticipantResponse* response) {
  return desk_.command(
      call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
        return invite_participant(unit, *request);
      }),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto event = appended_event(desk_.log(), appended,
                                               [](const auto& e) { return e.has_invited(); }))
           response->set_participant_id(event->invited().participant_id());
       }});
}

grpc::ServerUnaryReactor* StrategyService::WithdrawInvitation(
    grpc::CallbackServerContext* call, const v1::WithdrawInvitationRequest* request,
    v1::WithdrawInvitationResponse* response) {
  return desk_.command<Discussion>(call, request, response, target_of(request->discussion_id()));
}

grpc::ServerUnaryReactor* StrategyService::AnswerInvitation(
    grpc::CallbackServerContext* call, const v1::AnswerInvitationRequest* request,
    v1::AnswerInvitationResponse* response) {
  return desk_.command(call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
    return answer_invitation(unit, *request);
  }));
}

grpc::ServerUnaryReactor* StrategyService::RecordAttendance(
    grpc::CallbackServerContext* call, const v1::RecordAttendanceRequest* request,
    v1::RecordAttendanceResponse* response) {
  return desk_.command(call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
    return record_attendance(unit, *request);
  }),
                       {.fill = [this, response, request](const log::Appended& appended) {
                         *response->mutable_quorum() =
                             quorum_after(desk_.log(), appended, request->discussion_id(),
                                          desk_.parts().packs, desk_.parts().calendar.london());
                       }});
}

grpc::ServerUnaryReactor* StrategyService::StartDiscussion(
    grpc::CallbackServerContext* call, const v1::StartDiscussionRequest* request,
    v1::StartDiscussionResponse* response) {
  return desk_.command<Discussion>(
      call, request, response, target_of(request->discussion_id()),
      {.fill = [this, response](const log::Appended& appended) {
        if (const auto event = appended_event(desk_.log(), appended,
                                              [](const auto& e) { return e.has_started(); }))
          *response->mutable_quorum() = event->started().quorum();
      }});
}

grpc::ServerUnaryReactor* StrategyService::RecordDiscussionDecision(
    grpc::CallbackServerContext* call, const v1::RecordDiscussionDecisionRequest* request,
    v1::RecordDiscussionDecisionResponse* response) {
  return desk_.command(
      call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
        return record_discussion_decision(unit, *request);
      }),
      {.fresh = {.plain = 2}, .fill = [this, response](const log::Appended& appended) {
         if (const auto event = appended_event(
                 desk_.log(), appended, [](const auto& e) { return e.has_decision_recorded(); })) {
           response->set_decision_id(event->decision_recorded().decision_id());
           *response->mutable_quorum() = event->decision_recorded().quorum();
         }
         for (const std::string& id : conferences_in(appended)) {
           response->set_conference_id(id);
           *response->mutable_conference_deadline() =
               conference_due_after(desk_.log(), appended, id);
         }
       }});
}

grpc::ServerUnaryReactor* StrategyService::AssignAction(grpc::CallbackServerContext* call,
                                                        const v1::AssignActionRequest* request,
                                                        v1::AssignActionResponse* response) {
  return desk_.command(
      call, request, response,
      catch_up_.giving([request](log::UnitOfWork& unit) { return assign_action(unit, *request); }),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto event = appended_event(
                 desk_.log(), appended, [](const auto& e) { return e.has_action_assigned(); })) {
           response->set_action_id(event->action_assigned().action_id());
           *response->mutable_deadline() = event->action_assigned().deadline();
         }
       }});
}

grpc::ServerUnaryReactor* StrategyService::CompleteAction(grpc::CallbackServerContext* call,
                                                          const v1::CompleteActionRequest* request,
                                                          v1::CompleteActionResponse* response) {
  return desk_.command<Discussion>(call, request, response, target_of(request->discussion_id()));
}

grpc::ServerUnaryReactor* StrategyService::RecordDissent(grpc::CallbackServerContext* call,
                                                         const v1::RecordDissentRequest* request,
                                                         v1::RecordDissentResponse* response) {
  return desk_.command<Discussion>(call, request, response, target_of(request->discussion_id()));
}

grpc::ServerUnaryReactor* StrategyService::ChallengeDiscussionDecision(
    grpc::CallbackServerContext* call, const v1::ChallengeDiscussionDecisionRequest* request,
    v1::ChallengeDiscussionDecisionResponse* response) {
  return desk_.command<Discussion>(
      call, request, response, target_of(request->discussion_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto event = appended_event(desk_.log(), appended,
                                               [](const auto& e) { return e.has_challenged(); })) {
           response->set_challenge_id(event->challenged().challenge_id());
           response->set_level(event->challenged().step().level());
           *response->mutable_deadline() = event->challenged().step().deadline();
         }
       }});
}

grpc::ServerUnaryReactor* StrategyService::AnswerChallenge(
    grpc::CallbackServerContext* call, const v1::AnswerChallengeRequest* request,
    v1::AnswerChallengeResponse* response) {
  return desk_.command<Discussion>(
      call, request, response, target_of(request->discussion_id()),
      {.fill = [this, response](const log::Appended& appended) {
        if (const auto event = appended_event(
                desk_.log(), appended, [](const auto& e) { return e.has_challenge_answered(); }))
          response->set_resolved(event->challenge_answered().resolved());
      }});
}

grpc::ServerUnaryReactor* StrategyService::ConcludeEnquiry(
    grpc::CallbackServerContext* call, const v1::ConcludeEnquiryRequest* request,
    v1::ConcludeEnquiryResponse* response) {
  return desk_.command(
      call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
        return conclude_enquiry(unit, *request);
      }),
      {.fresh = {.plain = 1}, .fill = [this, response, request](const log::Appended& appended) {
         const auto state = log::state_after<Discussion>(
             desk_.log(), appended, discussion_stream(request->discussion_id()));
         if (state) response->set_conference_id(state->enquiry.conference_id);
       }});
}

grpc::ServerUnaryReactor* StrategyService::CloseDiscussion(
    grpc::CallbackServerContext* call, const v1::CloseDiscussionRequest* request,
    v1::CloseDiscussionResponse* response) {
  return desk_.command<Discussion>(
      call, request, response, target_of(request->discussion_id()),
      {.fill = [this, response](const log::Appended& appended) {
        if (const auto event =
                appended_event(desk_.log(), appended, [](const auto& e) { return e.has_closed(); }))
          *response->mutable_deadlines() = event->closed().deadlines();
      }});
}

grpc::ServerUnaryReactor* StrategyService::IssueRecord(grpc::CallbackServerContext* call,
                                                       const v1::IssueRecordRequest* request,
                                                       v1::IssueRecordResponse* response) {
  return desk_.command<Discussion>(call, request, response, target_of(request->discussion_id()));
}

grpc::ServerUnaryReactor* StrategyService::ReconveneDiscussion(
    grpc::CallbackServerContext* call, const v1::ReconveneDiscussionRequest* request,
    v1::ReconveneDiscussionResponse* response) {
  return desk_.command(
      call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
        return reconvene_discussion(unit, *request);
      }),
      {.fill = [this, response](const log::Appended& appended) {
        if (const auto event = appended_event(desk_.log(), appended,
                                              [](const auto& e) { return e.has_convened(); }))
          response->set_sitting(event->convened().sitting());
      }});
}

grpc::ServerUnaryReactor* StrategyService::ExtendDeadline(grpc::CallbackServerContext* call,
                                                          const v1::ExtendDeadlineRequest* request,
                                                          v1::ExtendDeadlineResponse* response) {
  return desk_.command(call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
    return extend_deadline(unit, *request);
  }),
                       {.fill = [this, response, request](const log::Appended& appended) {
                         *response->mutable_deadline() =
                             extended_after(desk_.log(), appended, *request);
                       }});
}

}  // namespace mash::strategy
