#include "sharing/sharing_service.h"

#include <set>
#include <string>
#include <utility>

#include "cases/case_guard.h"
#include "core/deadline.h"
#include "core/timestamp.h"
#include "host/stream.h"
#include "host/upload.h"
#include "log/appended.h"
#include "sharing/access/disclosed.h"
#include "sharing/access/explain_access.h"
#include "sharing/consents/consent.h"
#include "sharing/consents/consent_commands.h"
#include "sharing/consents/consent_reads.h"
#include "sharing/items/item.h"
#include "sharing/items/item_commands.h"
#include "sharing/items/item_reads.h"
#include "sharing/items/read_file.h"
#include "sharing/requests/request.h"
#include "sharing/requests/request_commands.h"
#include "sharing/requests/request_reads.h"
#include "sharing/requests/request_report.h"
#include "sharing/streams.h"

// Requests, items, files, consents, and who holds what; decisions are in decision_methods.cc.
namespace mash::sharing {
namespace {

constexpr std::string_view kItems = "item/";

// So many ids for what a request brings into being.
host::FreshIds plain(int count) { return {.keyed = 0, .plain = static_cast<std::size_t>(count)}; }

// Whether the referral log has told here of a case that the caller may know of.
cases::CatchUp::IsKnown case_known(const log::EventLog& log, const std::string& case_id) {
  return [&log, case_id](const Actor& actor) {
    return cases::family_of(log, case_id).map([&](const cases::Family& family) {
      return cases::may_know(family, actor).has_value();
    });
  };
}

// Nothing tells whether the referral log has more on what a request is about.
Result<bool> never_known(const Actor&) { return false; }

template <class Response>
void fill_item_ids(const log::Appended& appended, Response& response) {
  for (std::string& id : log::appended_ids(appended, kItems)) response.add_item_ids(std::move(id));
}

}  // namespace

grpc::ServerUnaryReactor* SharingService::RequestInformation(
    grpc::CallbackServerContext* call, const v1::RequestInformationRequest* request,
    v1::RequestInformationResponse* response) {
  return desk_.command(
      call, request, response,
      catch_up_.first(
          never_known,
          [request](log::UnitOfWork& unit) { return request_information(unit, *request); }),
      {.fresh = plain(1), .fill = [this, response](const log::Appended& appended) {
         const auto first = log::first_event<v1::RequestEvent>(desk_.log(), appended);
         if (!first) return;
         response->set_information_request_id(first->id);
         *response->mutable_deadline() = first->event.requested().deadline();
       }});
}

grpc::ServerUnaryReactor* SharingService::AnswerRequest(grpc::CallbackServerContext* call,
                                                        const v1::AnswerRequestRequest* request,
                                                        v1::AnswerRequestResponse* response) {
  return desk_.command(
      call, request, response,
      [request](log::UnitOfWork& unit) { return answer_request(unit, *request); },
      {.fresh = plain(request->items_size()),
       .fill = [response](const log::Appended& appended) { fill_item_ids(appended, *response); }});
}

grpc::ServerUnaryReactor* SharingService::ExtendDeadline(grpc::CallbackServerContext* call,
                                                         const v1::ExtendDeadlineRequest* request,
                                                         v1::ExtendDeadlineResponse* response) {
  return desk_.command<Request>(
      call, request, response, {request_stream(request->information_request_id())},
      {.fill = [this, request, response](const log::Appended& appended) {
        const auto state = log::state_after<Request>(
            desk_.log(), appended, request_stream(request->information_request_id()));
        if (state && state->deadline() != nullptr)
          to_proto(*state->deadline(), appended.recorded_at, response->mutable_deadline());
      }});
}

grpc::ServerUnaryReactor* SharingService::GetRequest(grpc::CallbackServerContext* call,
                                                     const v1::GetRequestRequest* request,
                                                     v1::GetRequestResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return get_request(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* SharingService::ListRequests(grpc::CallbackServerContext* call,
                                                       const v1::ListRequestsRequest* request,
                                                       v1::ListRequestsResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return list_requests(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* SharingService::OfferInformation(
    grpc::CallbackServerContext* call, const v1::OfferInformationRequest* request,
    v1::OfferInformationResponse* response) {
  return desk_.command(
      call, request, response,
      catch_up_.first(
          case_known(desk_.log(), request->case_id()),
          [request](log::UnitOfWork& unit) { return offer_information(unit, *request); }),
      {.fresh = plain(request->items_size()),
       .fill = [response](const log::Appended& appended) { fill_item_ids(appended, *response); }});
}

grpc::ServerReadReactor<grpc::ByteBuffer>* SharingService::AttachFile(
    grpc::CallbackServerContext* call, grpc::ByteBuffer* response) {
  return host::UploadReactor::begin(desk_, *call, *v1::AttachFileRequest::descriptor(), *response,
                                    uploads_->upload());
}

grpc::ServerWriteReactor<v1::ReadFileResponse>* SharingService::ReadFile(
    grpc::CallbackServerContext* call, const v1::ReadFileRequest* request) {
  return desk_.stream<v1::ReadFileResponse>(
      call, request, [this, request, stands = catch_up_.asked_once()](const Context& context) {
        return stands().and_then([&] { return read_file(desk_.log(), *request, context); });
      });
}

grpc::ServerUnaryReactor* SharingService::ProvideSanitised(
    grpc::CallbackServerContext* call, const v1::ProvideSanitisedRequest* request,
    v1::ProvideSanitisedResponse* response) {
  return desk_.command(
      call, request, response,
      [request](log::UnitOfWork& unit) { return provide_sanitised(unit, *request); },
      {.fresh = plain(1), .fill = [response](const log::Appended& appended) {
         // The version comes before its source, which is told of it.
         const auto ids = log::appended_ids(appended, kItems);
         if (!ids.empty()) response->set_item_id(ids.front());
       }});
}

grpc::ServerUnaryReactor* SharingService::CorrectItem(grpc::CallbackServerContext* call,
                                                      const v1::CorrectItemRequest* request,
                                                      v1::CorrectItemResponse* response) {
  return desk_.command(
      call, request, response,
      [request](log::UnitOfWork& unit) { return correct_item(unit, *request); },
      {.fill = [this, request, response](const log::Appended& appended) {
        if (const auto first = log::first_event<v1::ItemEvent>(desk_.log(), appended))
          *response->mutable_agencies() = first->event.corrected().agencies();
        for (std::string& id : disclosed_versions(desk_.log(), request->item_id()))
          response->add_version_ids(std::move(id));
      }});
}

grpc::ServerUnaryReactor* SharingService::RecallItem(grpc::CallbackServerContext* call,
                                                     const v1::RecallItemRequest* request,
                                                     v1::RecallItemResponse* response) {
  return desk_.command(
      call, request, response,
      [request](log::UnitOfWork& unit) { return recall_item(unit, *request); },
      {.fill = [this, response](const log::Appended& appended) {
        std::set<std::string> told;
        for (const auto& event : log::all_events<v1::ItemEvent>(desk_.log(), appended))
          told.insert(event.recalled().agencies().begin(), event.recalled().agencies().end());
        response->mutable_agencies()->Assign(told.begin(), told.end());
      }});
}

grpc::ServerUnaryReactor* SharingService::AcknowledgeRecall(
    grpc::CallbackServerContext* call, const v1::AcknowledgeRecallRequest* request,
    v1::AcknowledgeRecallResponse* response) {
  return desk_.command<Item>(call, request, response, {item_stream(request->item_id())},
                             {.fill = [this, request, response](const log::Appended& appended) {
                               const auto state = log::state_after<Item>(
                                   desk_.log(), appended, item_stream(request->item_id()));
                               if (state) response->set_complete(state->all_acknowledged());
                             }});
}

grpc::ServerUnaryReactor* SharingService::ReadItem(grpc::CallbackServerContext* call,
                                                   const v1::ReadItemRequest* request,
                                                   v1::ReadItemResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return read_item(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* SharingService::ListDisclosed(grpc::CallbackServerContext* call,
                                                        const v1::ListDisclosedRequest* request,
                                                        v1::ListDisclosedResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return list_disclosed(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* SharingService::ExplainAccess(grpc::CallbackServerContext* call,
                                                        const v1::ExplainAccessRequest* request,
                                                        v1::ExplainAccessResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return explain_access(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* SharingService::RecordConsent(grpc::CallbackServerContext* call,
                                                        const v1::RecordConsentRequest* request,
                                                        v1::RecordConsentResponse* response) {
  return desk_.command(
      call, request, response,
      catch_up_.first(case_known(desk_.log(), request->terms().case_id()),
                      [request](log::UnitOfWork& unit) { return record_consent(unit, *request); }),
      {.fresh = plain(1), .fill = [response](const log::Appended& appended) {
         if (!appended.events.empty())
           response->set_consent_id(id_in(appended.events.front().stream));
       }});
}

grpc::ServerUnaryReactor* SharingService::GetConsent(grpc::CallbackServerContext* call,
                                                     const v1::GetConsentRequest* request,
                                                     v1::GetConsentResponse* response) {
  return read(call, request, [this, request, response](const Context& context) {
    return get_consent(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* SharingService::WithdrawConsent(grpc::CallbackServerContext* call,
                                                          const v1::WithdrawConsentRequest* request,
                                                          v1::WithdrawConsentResponse* response) {
  return desk_.command<Consent>(call, request, response, {consent_stream(request->consent_id())});
}

grpc::ServerUnaryReactor* SharingService::ReportRequests(grpc::CallbackServerContext* call,
                                                         const v1::ReportRequestsRequest* request,
                                                         v1::ReportRequestsResponse* response) {
  return reports_.run(desk_, call, request, response, [this, request](const Context& context) {
    return RequestReport::of(desk_.log(), *request, context);
  });
}

}  // namespace mash::sharing
