#include "referral/referral_service.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "core/timestamp.h"
#include "host/stream.h"
#include "host/upload.h"
#include "log/appended.h"
#include "referral/cases/case_commands.h"
#include "referral/detail.h"
#include "referral/intake/bulk_intake.h"
#include "referral/intake/intake.h"
#include "referral/lists/changes.h"
#include "referral/lists/lists.h"
#include "referral/lists/timeliness_report.h"
#include "referral/referral.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

log::Target target_of(const std::string& referral_id) { return {referral_stream(referral_id)}; }

}  // namespace

grpc::ServerUnaryReactor* ReferralService::SubmitContact(grpc::CallbackServerContext* call,
                                                         const v1::SubmitContactRequest* request,
                                                         v1::SubmitContactResponse* response) {
  Intake intake = intake_of(desk_, *request, *response);
  return desk_.command(call, request, response, std::move(intake.work), std::move(intake.extras));
}

grpc::ServerReadReactor<grpc::ByteBuffer>* ReferralService::SubmitContacts(
    grpc::CallbackServerContext* call, grpc::ByteBuffer* response) {
  return host::UploadReactor::begin(desk_, *call, *v1::SubmitContactsRequest::descriptor(),
                                    *response, std::make_unique<BulkIntake>(desk_));
}

grpc::ServerUnaryReactor* ReferralService::WithdrawContact(
    grpc::CallbackServerContext* call, const v1::WithdrawContactRequest* request,
    v1::WithdrawContactResponse* response) {
  return desk_.command<Referral>(call, request, response, target_of(request->referral_id()));
}

grpc::ServerUnaryReactor* ReferralService::AcknowledgeContact(
    grpc::CallbackServerContext* call, const v1::AcknowledgeContactRequest* request,
    v1::AcknowledgeContactResponse* response) {
  // An acknowledgement is due within the day; what is said with it can wait until the vault is
  // back.
  return desk_.command(call, request, response, [request](log::UnitOfWork& unit) {
    return unit.decide<Referral>(target_of(request->referral_id()), *request)
        .map_error([](Error error) {
          if (error.reason == "VAULT_UNAVAILABLE")
            error.faults = {
                {"message", "cannot be sealed now; without it the contact can be acknowledged"}};
          return error;
        });
  });
}

grpc::ServerUnaryReactor* ReferralService::DecideContact(grpc::CallbackServerContext* call,
                                                         const v1::DecideContactRequest* request,
                                                         v1::DecideContactResponse* response) {
  return desk_.command(
      call, request, response,
      [this, request](log::UnitOfWork& unit) {
        return decide_contact(desk_.log(), unit, *request);
      },
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended))
           response->set_decision_id(first->event.has_contact_accepted()
                                         ? first->event.contact_accepted().decision().decision_id()
                                         : first->event.contact_closed().decision().decision_id());
       }});
}

grpc::ServerUnaryReactor* ReferralService::AddInformation(grpc::CallbackServerContext* call,
                                                          const v1::AddInformationRequest* request,
                                                          v1::AddInformationResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended))
           response->set_information_id(
               first->event.information_added().information().information_id());
       }});
}

grpc::ServerUnaryReactor* ReferralService::RateReferral(grpc::CallbackServerContext* call,
                                                        const v1::RateReferralRequest* request,
                                                        v1::RateReferralResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fill = [this, response](const log::Appended& appended) {
        if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended))
          *response->mutable_deadlines() = first->event.referral_rated().deadlines();
      }});
}

grpc::ServerUnaryReactor* ReferralService::AssignReferral(grpc::CallbackServerContext* call,
                                                          const v1::AssignReferralRequest* request,
                                                          v1::AssignReferralResponse* response) {
  return desk_.command<Referral>(call, request, response, target_of(request->referral_id()));
}

grpc::ServerUnaryReactor* ReferralService::RecordThreshold(
    grpc::CallbackServerContext* call, const v1::RecordThresholdRequest* request,
    v1::RecordThresholdResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended)) {
           response->set_threshold_id(first->event.threshold_recorded().threshold().threshold_id());
         }
       }});
}

grpc::ServerUnaryReactor* ReferralService::RecordOtherRoute(
    grpc::CallbackServerContext* call, const v1::RecordOtherRouteRequest* request,
    v1::RecordOtherRouteResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended)) {
           const v1::OtherRoute& route = first->event.other_route_recorded().route();
           response->set_route_id(route.route_id());
           if (route.has_deadline()) *response->mutable_deadline() = route.deadline();
         }
       }});
}

grpc::ServerUnaryReactor* ReferralService::ExtendDeadline(grpc::CallbackServerContext* call,
                                                          const v1::ExtendDeadlineRequest* request,
                                                          v1::ExtendDeadlineResponse* response) {
  return desk_.command<Referral>(call, request, response, target_of(request->referral_id()));
}

grpc::ServerUnaryReactor* ReferralService::DecideReferral(grpc::CallbackServerContext* call,
                                                          const v1::DecideReferralRequest* request,
                                                          v1::DecideReferralResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended))
           response->set_decision_id(first->event.referral_decided().decision().decision_id());
       }});
}

grpc::ServerUnaryReactor* ReferralService::ReviseDecision(grpc::CallbackServerContext* call,
                                                          const v1::ReviseDecisionRequest* request,
                                                          v1::ReviseDecisionResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended))
           response->set_decision_id(first->event.decision_revised().decision().decision_id());
       }});
}

grpc::ServerUnaryReactor* ReferralService::GiveFeedback(grpc::CallbackServerContext* call,
                                                        const v1::GiveFeedbackRequest* request,
                                                        v1::GiveFeedbackResponse* response) {
  return desk_.command<Referral>(call, request, response, target_of(request->referral_id()));
}

grpc::ServerUnaryReactor* ReferralService::InformFamily(grpc::CallbackServerContext* call,
                                                        const v1::InformFamilyRequest* request,
                                                        v1::InformFamilyResponse* response) {
  return desk_.command<Referral>(call, request, response, target_of(request->referral_id()));
}

grpc::ServerUnaryReactor* ReferralService::CompleteAssessment(
    grpc::CallbackServerContext* call, const v1::CompleteAssessmentRequest* request,
    v1::CompleteAssessmentResponse* response) {
  return desk_.command<Referral>(call, request, response, target_of(request->referral_id()));
}

grpc::ServerUnaryReactor* ReferralService::ChallengeDecision(
    grpc::CallbackServerContext* call, const v1::ChallengeDecisionRequest* request,
    v1::ChallengeDecisionResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended)) {
           const v1::DecisionChallenged& challenged = first->event.decision_challenged();
           response->set_challenge_id(challenged.challenge_id());
           response->set_level(challenged.step().level());
           *response->mutable_deadline() = challenged.step().deadline();
         }
       }});
}

grpc::ServerUnaryReactor* ReferralService::AnswerChallenge(
    grpc::CallbackServerContext* call, const v1::AnswerChallengeRequest* request,
    v1::AnswerChallengeResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fill = [this, response](const log::Appended& appended) {
        if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended)) {
          response->set_resolved(first->event.challenge_answered().resolved());
        }
      }});
}

grpc::ServerUnaryReactor* ReferralService::TransferReferral(
    grpc::CallbackServerContext* call, const v1::TransferReferralRequest* request,
    v1::TransferReferralResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ReferralEvent>(desk_.log(), appended)) {
           response->set_transfer_id(first->event.transfer_proposed().transfer().transfer_id());
         }
       }});
}

grpc::ServerUnaryReactor* ReferralService::AcceptTransfer(grpc::CallbackServerContext* call,
                                                          const v1::AcceptTransferRequest* request,
                                                          v1::AcceptTransferResponse* response) {
  return desk_.command<Referral>(call, request, response, target_of(request->referral_id()));
}

grpc::ServerUnaryReactor* ReferralService::GetReferral(grpc::CallbackServerContext* call,
                                                       const v1::GetReferralRequest* request,
                                                       v1::GetReferralResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    return get_referral(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* ReferralService::ListReferrals(grpc::CallbackServerContext* call,
                                                         const v1::ListReferralsRequest* request,
                                                         v1::ListReferralsResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    return list_referrals(desk_.log(), *request, context, *response).map([] {
      return host::Looks{};
    });
  });
}

grpc::ServerUnaryReactor* ReferralService::ReportTimeliness(
    grpc::CallbackServerContext* call, const v1::ReportTimelinessRequest* request,
    v1::ReportTimelinessResponse* response) {
  return reports_.run(desk_, call, request, response, [this, request](const Context& context) {
    return TimelinessReport::of(desk_.log(), *request, context);
  });
}

grpc::ServerWriteReactor<v1::WatchReferralsResponse>* ReferralService::WatchReferrals(
    grpc::CallbackServerContext* call, const v1::WatchReferralsRequest* request) {
  using Response = v1::WatchReferralsResponse;
  return desk_.stream<Response>(
      call, request, [this, request](const Context& context) -> Result<host::Pull<Response>> {
        return Changes::from(feed_, *request, context).map([](Changes changes) {
          return host::Pull<Response>(
              [changes](Response& message, host::Looks&) mutable { return changes.next(message); });
        });
      });
}

}  // namespace mash::referral
