#include "notification/notification_service.h"

#include <utility>

#include "host/stream.h"
#include "notification/deliveries/undelivered.h"
#include "notification/lists/inbox_reads.h"
#include "notification/notices/notice.h"
#include "notification/streams.h"

namespace mash::notification {

grpc::ServerWriteReactor<v1::SubscribeResponse>* NotificationService::Subscribe(
    grpc::CallbackServerContext* call, const v1::SubscribeRequest* request) {
  return desk_.stream<v1::SubscribeResponse>(
      call, request,
      [this, request](const Context& context,
                      const host::Wake& wake) -> Result<host::Pull<v1::SubscribeResponse>> {
        return catch_up_.telling(subscribe(desk_.log(), *request, context, wake), wake);
      });
}

grpc::ServerUnaryReactor* NotificationService::AcknowledgeNotice(
    grpc::CallbackServerContext* call, const v1::AcknowledgeNoticeRequest* request,
    v1::AcknowledgeNoticeResponse* response) {
  return desk_.command(call, request, response, catch_up_.giving([request](log::UnitOfWork& unit) {
    return unit.decide<Notice>({notice_stream(request->notice_id())}, *request);
  }));
}

template <class Request, class Response>
grpc::ServerUnaryReactor* NotificationService::listed(
    grpc::CallbackServerContext* call, const Request* request, Response* response,
    Result<void> (*read)(const log::EventLog&, const Request&, const Context&, Response&)) {
  return desk_.query(
      call, request, catch_up_.reading([this, request, response, read](const Context& context) {
        response->Clear();
        return read(desk_.log(), *request, context, *response).map([] { return host::Looks{}; });
      }));
}

grpc::ServerUnaryReactor* NotificationService::ListInbox(grpc::CallbackServerContext* call,
                                                         const v1::ListInboxRequest* request,
                                                         v1::ListInboxResponse* response) {
  return listed(call, request, response, list_inbox);
}

grpc::ServerUnaryReactor* NotificationService::ListDeadlines(
    grpc::CallbackServerContext* call, const v1::ListDeadlinesRequest* request,
    v1::ListDeadlinesResponse* response) {
  return listed(call, request, response, list_deadlines);
}

grpc::ServerUnaryReactor* NotificationService::SetContacts(grpc::CallbackServerContext* call,
                                                           const v1::SetContactsRequest* request,
                                                           v1::SetContactsResponse* response) {
  return desk_.command(
      call, request, response,
      [this, request](log::UnitOfWork& unit) { return set_contacts(desk_.log(), unit, *request); },
      {.check =
           [this, request](const Context& context) {
             return faults_of(*request, context.actor.agency, channels_);
           },
       .fresh = {.keyed = new_contacts(*request)},
       .fill =
           [this, request, response](const log::Appended& appended) {
             fill_contact_ids(desk_.log(), appended, *request, *response);
           }});
}

grpc::ServerUnaryReactor* NotificationService::GetContacts(grpc::CallbackServerContext* call,
                                                           const v1::GetContactsRequest* request,
                                                           v1::GetContactsResponse* response) {
  return desk_.query(call, request, [this, response](const Context& context) {
    response->Clear();
    return get_contacts(desk_.log(), context, *response).map([] { return host::Looks{}; });
  });
}

grpc::ServerUnaryReactor* NotificationService::ListUndelivered(
    grpc::CallbackServerContext* call, const v1::ListUndeliveredRequest* request,
    v1::ListUndeliveredResponse* response) {
  return listed(call, request, response, list_undelivered);
}

grpc::ServerUnaryReactor* NotificationService::RetryUndelivered(
    grpc::CallbackServerContext* call, const v1::RetryUndeliveredRequest* request,
    v1::RetryUndeliveredResponse* response) {
  return desk_.command(call, request, response, [request](log::UnitOfWork& unit) {
    return retry_undelivered(unit, *request);
  });
}

}  // namespace mash::notification
