#include "notification/notification_service.h"

#include "host/stream.h"
#include "notification/inbox_reads.h"
#include "notification/notices/notice.h"
#include "notification/streams.h"

namespace mash::notification {

grpc::ServerWriteReactor<v1::SubscribeResponse>* NotificationService::Subscribe(
    grpc::CallbackServerContext* call, const v1::SubscribeRequest* request) {
  return desk_.stream<v1::SubscribeResponse>(
      call, request,
      [this, request](const Context& context) -> Result<host::Pull<v1::SubscribeResponse>> {
        return subscribe(desk_.log(), *request, context);
      });
}

grpc::ServerUnaryReactor* NotificationService::AcknowledgeNotice(
    grpc::CallbackServerContext* call, const v1::AcknowledgeNoticeRequest* request,
    v1::AcknowledgeNoticeResponse* response) {
  return desk_.command<Notice>(call, request, response, {notice_stream(request->notice_id())});
}

grpc::ServerUnaryReactor* NotificationService::ListInbox(grpc::CallbackServerContext* call,
                                                         const v1::ListInboxRequest* request,
                                                         v1::ListInboxResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    response->Clear();
    return list_inbox(desk_.log(), *request, context, *response);
  });
}

}  // namespace mash::notification
