#include "host/unary_call.h"

#include "host/log_line.h"
#include "host/reply.h"
#include "host/validate.h"

namespace mash::host {
namespace {

// A reader that takes nothing, and a hub that is asked to stop, are unavailability without a fault.
bool is_fault_of_ours(const Error& error) {
  if (error.code == Code::kUnavailable)
    return error.reason != "STREAM_STALLED" && error.reason != "SHUTTING_DOWN";
  return error.code == Code::kInternal || error.code == Code::kDataLoss;
}

}  // namespace

void tell_answer(const DeskParts& parts, const Method& method, std::string_view agency,
                 std::string_view role, const Error* error,
                 std::chrono::steady_clock::time_point started) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - started);
  const int code = error == nullptr ? 0 : static_cast<int>(error->code);
  parts.metrics.call_answered(method, code, took);
  const bool told = parts.log_calls == LogCalls::kAll ||
                    (parts.log_calls == LogCalls::kFailed && error != nullptr);
  if (!told) return;
  const bool ours = error != nullptr && is_fault_of_ours(*error);
  log_line(ours ? LogLevel::kError : LogLevel::kInfo, "call",
           {{LogKey::kMethod, method.name},
            {LogKey::kAgency, agency},
            {LogKey::kRole, role},
            {LogKey::kCode, code_name(code)},
            {LogKey::kReason, error == nullptr ? std::string_view() : error->reason},
            {LogKey::kDurationUs, static_cast<uint64_t>(took.count())}});
}

UnaryCall::UnaryCall(const Desk& desk, grpc::CallbackServerContext& call, const Method& method)
    : desk_(desk),
      call_(call),
      reactor_(call.DefaultReactor()),
      method_(method),
      started_(std::chrono::steady_clock::now()) {}

std::shared_ptr<UnaryCall> UnaryCall::begin(const Desk& desk, grpc::CallbackServerContext& call,
                                            const Method& method) {
  desk.parts().metrics.call_started();
  return std::shared_ptr<UnaryCall>(new UnaryCall(desk, call, method));
}

std::optional<Context> UnaryCall::admit() {
  auto context = desk_.begin(call_, method_);
  if (!context) {
    answer(tl::unexpected(std::move(context.error())));
    return {};
  }
  agency_ = context->actor.agency;
  role_ = context->actor.role;
  return std::move(*context);
}

std::optional<Context> UnaryCall::admit(const google::protobuf::Message& request, Kind kind,
                                        const OwnChecks& check) {
  auto context = admit();
  if (!context) return {};
  auto whole = validate(request, *method_.rules, kind, desk_.parts().limits, check);
  if (whole) return context;
  answer(tl::unexpected(std::move(whole.error())));
  return {};
}

void UnaryCall::answer(const Result<void>& result) {
  {
    const std::lock_guard lock(mutex_);
    if (answered_) return;
    answered_ = true;
    if (bound_) desk_.timeouts().remove(*bound_);
  }
  tell_answer(desk_.parts(), method_, agency_, role_, result ? nullptr : &result.error(), started_);
  reactor_->Finish(result ? grpc::Status::OK : to_status(result.error()));
}

void UnaryCall::bound() {
  Timeouts& timeouts = desk_.timeouts();
  if (call_.deadline() <= std::chrono::system_clock::now() + timeouts.after())
    return;  // gRPC itself ends it then
  while_open([&] {
    bound_ = timeouts.add([self = shared_from_this()] {
      self->answer(
          refuse(Code::kDeadlineExceeded, "CALL_TOO_LONG",
                 "The hub did not finish in time. Sending the same request again is safe."));
    });
  });
}

}  // namespace mash::host
