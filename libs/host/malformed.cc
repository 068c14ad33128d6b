#include "host/malformed.h"

#include <grpcpp/support/server_interceptor.h>

#include <string_view>

#include "host/reply.h"

namespace mash::host {
namespace {

using grpc::experimental::InterceptionHookPoints;

class Explainer final : public grpc::experimental::Interceptor {
 public:
  Explainer(const Method& method, Metrics& metrics) : method_(method), metrics_(metrics) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      const grpc::Status status = methods->GetSendStatus();
      // No handler of ours answers so: an error of ours always has details.
      if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED &&
          status.error_details().empty()) {
        methods->ModifySendStatus(to_status(malformed_request()));
        metrics_.call_started();
        metrics_.call_answered(method_, grpc::StatusCode::INVALID_ARGUMENT, {});
      }
    }
    methods->Proceed();
  }

 private:
  const Method& method_;
  Metrics& metrics_;
};

class Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  Factory(const Access& access, Metrics& metrics) : access_(access), metrics_(metrics) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* call) override {
    std::string_view name = call->method();
    if (name.starts_with('/')) name.remove_prefix(1);
    const Method* method = access_.method_named(name);
    return method == nullptr ? nullptr : new Explainer(*method, metrics_);
  }

 private:
  const Access& access_;
  Metrics& metrics_;
};

}  // namespace

Error malformed_request() {
  return {.code = Code::kInvalidArgument,
          .reason = "MALFORMED_REQUEST",
          .message =
              "It is not a protobuf message of the type this method takes, or its text is "
              "not UTF-8, or it is nested too deeply."};
}

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> explain_malformed_requests(
    const Access& access, Metrics& metrics) {
  return std::make_unique<Factory>(access, metrics);
}

}  // namespace mash::host
