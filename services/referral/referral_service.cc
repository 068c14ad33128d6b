#include "referral/referral_service.h"

#include <memory>
#include <optional>

#include "core/timestamp.h"
#include "host/stream.h"
#include "policy/packs.h"
#include "referral/detail.h"
#include "referral/intake.h"
#include "referral/lists.h"
#include "referral/referral.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

// A contact on its way: checked before it is known whether the hub has it already, decided after,
// answered last. What the request holds outlives it.
class Intake {
 public:
  Intake(const host::Desk& desk, const v1::SubmitContactRequest& request)
      : desk_(desk), request_(request) {}

  std::vector<FieldFault> check() {
    const host::DeskParts& parts = desk_.parts();
    Context context{.actor = {}, .now = parts.clock.now(), .fresh_ids = {}};
    if (const auto pack = parts.packs.in_force(context.now, parts.calendar.london()))
      context.pack = *pack;
    submission_ = Submission::of(request_, context);
    return submission_->checks().faults();
  }

  bool forgives(const FieldFault& fault) const {
    return submission_ && submission_->forgives(fault);
  }

  Result<void> take_in(log::UnitOfWork& unit) {
    return clocks_from_receipt(unit.context()).and_then([&](Deadlines clocks) {
      clocks_ = std::move(clocks);
      return referral::take_in(unit, *submission_);
    });
  }

  // A repeated request has the first one's answer: all is told from what was appended then.
  void fill(const log::Appended& appended, v1::SubmitContactResponse& response) const {
    const log::AppendedEvent& contact = appended.events.front();
    response.set_referral_id(id_in(contact.stream));
    response.set_case_id(contact.case_id);
    for (size_t i = 1; i < appended.events.size(); ++i)
      response.add_child_ids(id_in(appended.events[i].stream));
    if (!appended.repeated)
      *response.mutable_deadlines() = clocks_;
    else if (const auto event = event_at(desk_.log(), contact.position))
      *response.mutable_deadlines() = event->contact_received().deadlines();
    for (v1::SetAsideField& field : submission_->set_aside_fields())
      *response.add_set_aside() = std::move(field);
  }

 private:
  const host::Desk& desk_;
  const v1::SubmitContactRequest& request_;
  std::optional<Submission> submission_;
  Deadlines clocks_;
};

// The event a command appended, or had appended when its request was taken before; nothing when all
// was already so.
std::optional<v1::ReferralEvent> first_event(const log::EventLog& log,
                                             const log::Appended& appended) {
  if (appended.events.empty()) return {};
  auto event = event_at(log, appended.events.front().position);
  return event ? std::optional(std::move(*event)) : std::nullopt;
}

log::Target target_of(const std::string& referral_id) { return {referral_stream(referral_id)}; }

}  // namespace

grpc::ServerUnaryReactor* ReferralService::SubmitContact(grpc::CallbackServerContext* call,
                                                         const v1::SubmitContactRequest* request,
                                                         v1::SubmitContactResponse* response) {
  const auto intake = std::make_shared<Intake>(desk_, *request);
  return desk_.command(
      call, request, response, [intake](log::UnitOfWork& unit) { return intake->take_in(unit); },
      {.check = [intake] { return intake->check(); },
       .forgive = [intake](const FieldFault& fault) { return intake->forgives(fault); },
       .fresh = ids_for(request->children_size()),
       .fill = [intake,
                response](const log::Appended& appended) { intake->fill(appended, *response); }});
}

grpc::ServerUnaryReactor* ReferralService::AcknowledgeContact(
    grpc::CallbackServerContext* call, const v1::AcknowledgeContactRequest* request,
    v1::AcknowledgeContactResponse* response) {
  return desk_.command<Referral>(call, request, response, target_of(request->referral_id()));
}

grpc::ServerUnaryReactor* ReferralService::DecideContact(grpc::CallbackServerContext* call,
                                                         const v1::DecideContactRequest* request,
                                                         v1::DecideContactResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto event = first_event(desk_.log(), appended))
           response->set_decision_id(event->has_contact_accepted()
                                         ? event->contact_accepted().decision().decision_id()
                                         : event->contact_closed().decision().decision_id());
       }});
}

grpc::ServerUnaryReactor* ReferralService::AddInformation(grpc::CallbackServerContext* call,
                                                          const v1::AddInformationRequest* request,
                                                          v1::AddInformationResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto event = first_event(desk_.log(), appended))
           response->set_information_id(event->information_added().information().information_id());
       }});
}

grpc::ServerUnaryReactor* ReferralService::RateReferral(grpc::CallbackServerContext* call,
                                                        const v1::RateReferralRequest* request,
                                                        v1::RateReferralResponse* response) {
  return desk_.command<Referral>(call, request, response, target_of(request->referral_id()),
                                 {.fill = [this, response](const log::Appended& appended) {
                                   if (const auto event = first_event(desk_.log(), appended))
                                     *response->mutable_deadlines() =
                                         event->referral_rated().deadlines();
                                 }});
}

grpc::ServerUnaryReactor* ReferralService::DecideReferral(grpc::CallbackServerContext* call,
                                                          const v1::DecideReferralRequest* request,
                                                          v1::DecideReferralResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto event = first_event(desk_.log(), appended))
           response->set_decision_id(event->referral_decided().decision().decision_id());
       }});
}

grpc::ServerUnaryReactor* ReferralService::ReviseDecision(grpc::CallbackServerContext* call,
                                                          const v1::ReviseDecisionRequest* request,
                                                          v1::ReviseDecisionResponse* response) {
  return desk_.command<Referral>(
      call, request, response, target_of(request->referral_id()),
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto event = first_event(desk_.log(), appended))
           response->set_decision_id(event->decision_revised().decision().decision_id());
       }});
}

grpc::ServerUnaryReactor* ReferralService::GiveFeedback(grpc::CallbackServerContext* call,
                                                        const v1::GiveFeedbackRequest* request,
                                                        v1::GiveFeedbackResponse* response) {
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

grpc::ServerWriteReactor<v1::WatchReferralsResponse>* ReferralService::WatchReferrals(
    grpc::CallbackServerContext* call, const v1::WatchReferralsRequest* request) {
  using Response = v1::WatchReferralsResponse;
  return desk_.stream<Response>(
      call, request, [this, request](const Context& context) -> Result<host::Pull<Response>> {
        return Changes::from(desk_.log(), *request, context).map([](Changes changes) {
          return host::Pull<Response>(
              [changes](Response& message, host::Looks&) mutable -> Result<host::Next> {
                return changes.next(message).map(
                    [](bool told) { return told ? host::Next::kMessage : host::Next::kWait; });
              });
        });
      });
}

}  // namespace mash::referral
