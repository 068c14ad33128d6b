#pragma once
#include <utility>

#include "cases/catch_up.h"
#include "host/desk.h"
#include "mash/notification/v1/notification_service.grpc.pb.h"
#include "notification/contacts/contact_calls.h"

namespace mash::notification {

// Who is told what. The desk, over a log with views() (lists/views.h), and what follows the
// referral log outlive it. Thread-safe.
//
// While it is not known who is barred by now, notices are neither shown nor taken as acknowledged
// (CASES_BEHIND); a subscription says nothing meanwhile, and goes on by itself.
class NotificationService final : public v1::NotificationService::CallbackService {
 public:
  NotificationService(host::Desk& desk, const cases::Following& referrals, ChannelSettings channels)
      : desk_(desk), catch_up_(referrals), channels_(std::move(channels)) {}

  grpc::ServerWriteReactor<v1::SubscribeResponse>* Subscribe(
      grpc::CallbackServerContext* call, const v1::SubscribeRequest* request) override;
  grpc::ServerUnaryReactor* AcknowledgeNotice(grpc::CallbackServerContext* call,
                                              const v1::AcknowledgeNoticeRequest* request,
                                              v1::AcknowledgeNoticeResponse* response) override;
  grpc::ServerUnaryReactor* ListInbox(grpc::CallbackServerContext* call,
                                      const v1::ListInboxRequest* request,
                                      v1::ListInboxResponse* response) override;
  grpc::ServerUnaryReactor* ListDeadlines(grpc::CallbackServerContext* call,
                                          const v1::ListDeadlinesRequest* request,
                                          v1::ListDeadlinesResponse* response) override;
  grpc::ServerUnaryReactor* SetContacts(grpc::CallbackServerContext* call,
                                        const v1::SetContactsRequest* request,
                                        v1::SetContactsResponse* response) override;
  grpc::ServerUnaryReactor* GetContacts(grpc::CallbackServerContext* call,
                                        const v1::GetContactsRequest* request,
                                        v1::GetContactsResponse* response) override;
  grpc::ServerUnaryReactor* ListUndelivered(grpc::CallbackServerContext* call,
                                            const v1::ListUndeliveredRequest* request,
                                            v1::ListUndeliveredResponse* response) override;
  grpc::ServerUnaryReactor* RetryUndelivered(grpc::CallbackServerContext* call,
                                             const v1::RetryUndeliveredRequest* request,
                                             v1::RetryUndeliveredResponse* response) override;

 private:
  // A read of a list of notices, which shows nothing personal.
  template <class Request, class Response>
  grpc::ServerUnaryReactor* listed(grpc::CallbackServerContext* call, const Request* request,
                                   Response* response,
                                   Result<void> (*read)(const log::EventLog&, const Request&,
                                                        const Context&, Response&));

  host::Desk& desk_;
  cases::CatchUp catch_up_;
  const ChannelSettings channels_;
};

}  // namespace mash::notification
