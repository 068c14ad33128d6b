#include "strategy/strategy_service.h"

#include <string>
#include <utility>

#include "cases/case_guard.h"
#include "cases/family.h"
#include "core/ids.h"
#include "log/appended.h"
#include "mash/strategy/v1/child_events.pb.h"
#include "strategy/answers.h"
#include "strategy/case_strategy.h"
#include "strategy/children/child_commands.h"
#include "strategy/children/missing_reads.h"
#include "strategy/conferences/conference.h"
#include "strategy/conferences/conference_commands.h"
#include "strategy/conferences/conference_reads.h"
#include "strategy/discussions/discussion_reads.h"
#include "strategy/lists/report.h"
#include "strategy/protection/protection.h"
#include "strategy/protection/protection_commands.h"
#include "strategy/streams.h"

// Conferences, protection, missing children, and reads; discussions are in discussion_methods.cc.
namespace mash::strategy {
namespace {

log::Target conference(const std::string& id) { return {conference_stream(id)}; }
log::Target protection(const std::string& id) { return {protection_stream(id)}; }

// Whether the referral log has told here of a case that the caller may know of.
cases::CatchUp::IsKnown case_known(const log::EventLog& log, const std::string& case_id) {
  return [&log, case_id](const Actor& actor) {
    return cases::family_of(log, case_id).map([&](const cases::Family& family) {
      return cases::may_know(family, actor).has_value();
    });
  };
}

}  // namespace

log::Work StrategyService::in_case(const std::string& case_id, log::Work work) const {
  if (case_id.empty()) return catch_up_.giving(std::move(work));  // of what is here already
  return catch_up_.first(case_known(desk_.log(), case_id), catch_up_.giving(std::move(work)));
}

// That a child is under protection, or missing, gives nobody anything and is not kept back.
log::Work StrategyService::told_of_case(const std::string& case_id, log::Work work) const {
  return catch_up_.first(case_known(desk_.log(), case_id), std::move(work));
}

grpc::ServerUnaryReactor* StrategyService::ScheduleConference(
    grpc::CallbackServerContext* call, const v1::ScheduleConferenceRequest* request,
    v1::ScheduleConferenceResponse* response) {
  return desk_.command(
      call, request, response,
      in_case(request->case_id(),
              [request](log::UnitOfWork& unit) { return schedule_conference(unit, *request); }),
      {.fresh = {.plain = kConferenceIds}, .fill = [this, response](const log::Appended& appended) {
         for (const std::string& id : conferences_in(appended)) {
           response->set_conference_id(id);
           *response->mutable_deadline() = conference_due_after(desk_.log(), appended, id);
         }
       }});
}

grpc::ServerUnaryReactor* StrategyService::RequestConference(
    grpc::CallbackServerContext* call, const v1::RequestConferenceRequest* request,
    v1::RequestConferenceResponse* response) {
  return desk_.command(
      call, request, response,
      in_case(request->case_id(),
              [this, request](log::UnitOfWork& unit) {
                return request_conference(unit, desk_.log(), *request);
              }),
      {.fresh = {.plain = kConferenceIds}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ConferenceEvent>(desk_.log(), appended)) {
           response->set_conference_id(first->id);
           *response->mutable_deadline() = first->event.requested().deadline();
         }
       }});
}

grpc::ServerUnaryReactor* StrategyService::RecordConference(
    grpc::CallbackServerContext* call, const v1::RecordConferenceRequest* request,
    v1::RecordConferenceResponse* response) {
  return desk_.command(call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
    return record_conference(unit, *request);
  }),
                       {.fresh = {.plain = kConferenceIds},
                        .fill = [this, request, response](const log::Appended& appended) {
                          *response->mutable_next() =
                              next_after(desk_.log(), appended, request->conference_id());
                        }});
}

grpc::ServerUnaryReactor* StrategyService::RecordBirth(grpc::CallbackServerContext* call,
                                                       const v1::RecordBirthRequest* request,
                                                       v1::RecordBirthResponse* response) {
  return desk_.command<Conference>(
      call, request, response, conference(request->conference_id()),
      {.fill = [this, request, response](const log::Appended& appended) {
        *response->mutable_deadline() =
            conference_due_after(desk_.log(), appended, request->conference_id());
      }});
}

grpc::ServerUnaryReactor* StrategyService::RecordProtection(
    grpc::CallbackServerContext* call, const v1::RecordProtectionRequest* request,
    v1::RecordProtectionResponse* response) {
  return desk_.command(
      call, request, response,
      told_of_case(request->case_id(),
                   [request](log::UnitOfWork& unit) { return record_protection(unit, *request); }),
      {.fresh = {.plain = kProtectionIds}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::ProtectionEvent>(desk_.log(), appended)) {
           response->set_protection_id(first->id);
           *response->mutable_deadline() = first->event.started().deadline();
           response->set_discussion_id(first->event.started().discussion_id());
         }
       }});
}

grpc::ServerUnaryReactor* StrategyService::ExtendProtection(
    grpc::CallbackServerContext* call, const v1::ExtendProtectionRequest* request,
    v1::ExtendProtectionResponse* response) {
  return desk_.command<Protection>(
      call, request, response, protection(request->protection_id()),
      {.fill = [this, response](const log::Appended& appended) {
        if (const auto first = log::first_event<v1::ProtectionEvent>(desk_.log(), appended))
          *response->mutable_deadline() = first->event.extended().deadline();
      }});
}

grpc::ServerUnaryReactor* StrategyService::RecordResponsibility(
    grpc::CallbackServerContext* call, const v1::RecordResponsibilityRequest* request,
    v1::RecordResponsibilityResponse* response) {
  return desk_.command<Protection>(call, request, response, protection(request->protection_id()));
}

grpc::ServerUnaryReactor* StrategyService::EndProtection(grpc::CallbackServerContext* call,
                                                         const v1::EndProtectionRequest* request,
                                                         v1::EndProtectionResponse* response) {
  return desk_.command<Protection>(call, request, response, protection(request->protection_id()));
}

grpc::ServerUnaryReactor* StrategyService::FlagMissing(grpc::CallbackServerContext* call,
                                                       const v1::FlagMissingRequest* request,
                                                       v1::FlagMissingResponse* response) {
  return desk_.command(
      call, request, response,
      told_of_case(request->case_id(),
                   [request](log::UnitOfWork& unit) { return flag_missing(unit, *request); }),
      {.fill = [this, response](const log::Appended& appended) {
        if (const auto first = log::first_event<v1::ChildEvent>(desk_.log(), appended)) {
          const v1::FlaggedMissing& flagged = first->event.flagged_missing();
          const v1::MissingUpdated& updated = first->event.missing_updated();
          response->set_on_plan((flagged.by_hub() && flagged.on_plan()) ||
                                (updated.by_hub() && updated.on_plan()));
        }
      }});
}

grpc::ServerUnaryReactor* StrategyService::ClearMissing(grpc::CallbackServerContext* call,
                                                        const v1::ClearMissingRequest* request,
                                                        v1::ClearMissingResponse* response) {
  return desk_.command(call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
    return clear_missing(unit, *request);
  }));
}

grpc::ServerUnaryReactor* StrategyService::GetDiscussion(grpc::CallbackServerContext* call,
                                                         const v1::GetDiscussionRequest* request,
                                                         v1::GetDiscussionResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return get_discussion(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* StrategyService::ListDiscussions(
    grpc::CallbackServerContext* call, const v1::ListDiscussionsRequest* request,
    v1::ListDiscussionsResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return list_discussions(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* StrategyService::ListActions(grpc::CallbackServerContext* call,
                                                       const v1::ListActionsRequest* request,
                                                       v1::ListActionsResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return list_actions(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* StrategyService::ListConferences(
    grpc::CallbackServerContext* call, const v1::ListConferencesRequest* request,
    v1::ListConferencesResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return list_conferences(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* StrategyService::GetCaseStrategy(
    grpc::CallbackServerContext* call, const v1::GetCaseStrategyRequest* request,
    v1::GetCaseStrategyResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return get_case_strategy(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* StrategyService::ListMissing(grpc::CallbackServerContext* call,
                                                       const v1::ListMissingRequest* request,
                                                       v1::ListMissingResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return list_missing(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* StrategyService::ReportDiscussions(
    grpc::CallbackServerContext* call, const v1::ReportDiscussionsRequest* request,
    v1::ReportDiscussionsResponse* response) {
  return reports_.run(desk_, call, request, response, [this, request](const Context& context) {
    return DiscussionReport::of(desk_.log(), *request, context);
  });
}

}  // namespace mash::strategy
