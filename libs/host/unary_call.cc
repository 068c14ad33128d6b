#include "host/unary_call.h"

#include "host/log_line.h"
#include "host/reply.h"

namespace mash::host {
namespace {

bool is_fault_of_ours(Code code) {
  return code == Code::kInternal || code == Code::kDataLoss || code == Code::kUnavailable;
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
  const bool ours = error != nullptr && is_fault_of_ours(error->code);
  log_line(ours ? LogLevel::kError : LogLevel::kInfo, "call",
           {{LogKey::kMethod, method.name},
            {LogKey::kAgency, agency},
            {LogKey::kRole, role},
            {LogKey::kCode, code_name(code)},
            {LogKey::kReason, error == nullptr ? std::string_view() : error->reason},
            {LogKey::kDurationUs, static_cast<std::uint64_t>(took.count())}});
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

void UnaryCall::know(const Actor& actor) {
  agency_ = actor.agency;
  role_ = actor.role;
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
