#pragma once
#include "host/desk.h"
#include "mash/notification/v1/notification_service.grpc.pb.h"

namespace mash::notification {

// Who is told what. The desk, over a log with views() (lists/views.h), outlives it. Thread-safe.
class NotificationService final : public v1::NotificationService::CallbackService {
 public:
  explicit NotificationService(host::Desk& desk) : desk_(desk) {}

  grpc::ServerWriteReactor<v1::SubscribeResponse>* Subscribe(
      grpc::CallbackServerContext* call, const v1::SubscribeRequest* request) override;
  grpc::ServerUnaryReactor* AcknowledgeNotice(grpc::CallbackServerContext* call,
                                              const v1::AcknowledgeNoticeRequest* request,
                                              v1::AcknowledgeNoticeResponse* response) override;
  grpc::ServerUnaryReactor* ListInbox(grpc::CallbackServerContext* call,
                                      const v1::ListInboxRequest* request,
                                      v1::ListInboxResponse* response) override;

 private:
  host::Desk& desk_;
};

}  // namespace mash::notification
