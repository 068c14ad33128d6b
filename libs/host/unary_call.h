#pragma once
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "host/desk.h"
#include "host/timeouts.h"

namespace mash::host {

// One unary call on its way, from its handler to its answer. Whoever carries it on (the log's
// completion, the desk's timeouts) holds it by shared_ptr; request, response and reactor live until
// it has been answered and no longer, so they are touched only inside while_open(). Answered
// exactly once.
//
// A caller that is gone changes nothing: what was begun is finished, and its request id gives the
// answer later. So gRPC's default reactor serves, which is told of nothing and therefore costs no
// change of thread.
class UnaryCall final : public std::enable_shared_from_this<UnaryCall> {
 public:
  static std::shared_ptr<UnaryCall> begin(const Desk& desk, grpc::CallbackServerContext& call,
                                          const Method& method);

  // What the handler returns to gRPC; not to be looked at once the call may have been answered.
  grpc::ServerUnaryReactor* reactor() const { return reactor_; }

  // Runs `f` unless the call has been answered; false when it had been. The call stays unanswered
  // while `f` runs.
  template <class F>
  bool while_open(F f) {
    const std::lock_guard lock(mutex_);
    if (answered_) return false;
    f();
    return true;
  }

  // Answers with OK, or with the error.
  void answer(const Result<void>& result);

  // From now on the call is answered with DEADLINE_EXCEEDED when nothing else has by its bound.
  void bound();

  // Who calls, that it may, and when. Absent: it has been answered why not.
  std::optional<Context> admit();
  // Besides, that what it asks is whole.
  std::optional<Context> admit(const google::protobuf::Message& request, Kind kind,
                               const OwnChecks& check);

 private:
  UnaryCall(const Desk& desk, grpc::CallbackServerContext& call, const Method& method);

  const Desk& desk_;
  const grpc::CallbackServerContext& call_;
  grpc::ServerUnaryReactor* const reactor_;
  const Method& method_;
  const std::chrono::steady_clock::time_point started_;

  std::mutex mutex_;
  bool answered_ = false;
  std::optional<Timeouts::Id> bound_;
  std::string agency_;
  std::string role_;
};

// Counts an answered call and writes its line in the log.
void tell_answer(const DeskParts& parts, const Method& method, std::string_view agency,
                 std::string_view role, const Error* error,
                 std::chrono::steady_clock::time_point started);

}  // namespace mash::host
