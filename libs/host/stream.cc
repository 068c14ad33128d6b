#include "host/stream.h"

#include <grpc/grpc.h>

#include <algorithm>
#include <utility>

#include "host/unary_call.h"

namespace mash::host {
namespace {

// How long after the latest message the next one may begin: what hundreds of callers follow at once
// then costs what it says, not a message for each change.
constexpr std::chrono::milliseconds kPace{25};

// To whoever takes nothing. It begins with its reason: the details of a status do not reach them.
constexpr char kStalled[] =
    "STREAM_STALLED: nothing was taken from the stream in time; go on after the last message.";

}  // namespace

StreamDriver::StreamDriver(Desk& desk, grpc::CallbackServerContext& call, const Method& method,
                           std::string purpose)
    : desk_(desk),
      call_(call),
      method_(method),
      purpose_(std::move(purpose)),
      started_(std::chrono::steady_clock::now()) {}

void StreamDriver::begin(const google::protobuf::Message& request, const OwnChecks& check) {
  desk_.parts().metrics.call_started();
  auto context = desk_.begin(call_, method_);
  if (!context) return end(tl::unexpected(std::move(context.error())));
  context_ = std::move(*context);
  if (auto whole = validate(request, *method_.rules, Kind::kQuery, desk_.parts().limits, check);
      !whole)
    return end(whole);
  if (auto opened = open(context_); !opened) return end(opened);
  announce();
  if (!desk_.enter(shared_from_this())) shut_down();
  // Before the first read, so that nothing falls between reading and waiting.
  tail_ = desk_.log().tail([weak = weak_from_this()](uint64_t) {
    if (const auto self = weak.lock()) self->wake();
  });
  step();
}

Wake StreamDriver::waker() {
  return [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->wake();
  };
}

Result<void> StreamDriver::wanted() {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  if (stalled_) return refuse(Code::kUnavailable, "STREAM_STALLED", kStalled);
  if (cancelled_)
    return tl::unexpected(Error{
        .code = Code::kCancelled, .reason = "CANCELLED", .message = "The caller ended the call."});
  if (shutting_down_)
    return tl::unexpected(Error{.code = Code::kUnavailable,
                                .reason = "SHUTTING_DOWN",
                                .message = "The hub is stopping; go on from the last message.",
                                .retry_after = std::chrono::seconds(1)});
  return {};
}

bool StreamDriver::wait() {
  const std::lock_guard lock(mutex_);
  if (woken_ || cancelled_ || shutting_down_) return false;
  waiting_ = true;
  return true;
}

void StreamDriver::step() {
  while (true) {
    if (auto still = wanted(); !still) return end(still);
    Looks looks;
    const auto next = pull(looks);
    if (!next) return end(tl::unexpected(next.error()));
    switch (*next) {
      case Next::kEnd:
        return end({});
      case Next::kLatest:
        pace();
        [[fallthrough]];
      case Next::kMessage:
        if (looks.empty()) return write_within_bound();
        return append_looks(
            desk_.log(), context_, method_.name, purpose_, std::move(looks),
            begun_ ? LookAgain() : [self = shared_from_this()] { return self->from_the_start(); },
            [self = shared_from_this()](const Result<log::Appended>& appended) {
              if (!appended) return self->end(tl::unexpected(appended.error()));
              self->write_within_bound();
            });
      case Next::kWait:
        if (wait()) return;
    }
  }
}

Result<Looks> StreamDriver::from_the_start() {
  if (auto opened = open(context_); !opened) return tl::unexpected(opened.error());
  Looks looks;
  const auto next = pull(looks);
  if (!next) return tl::unexpected(next.error());
  if (*next == Next::kMessage || *next == Next::kLatest) return looks;
  return refuse(Code::kAborted, "VERSION_CONFLICT", "What is shown has changed; ask again.");
}

void StreamDriver::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  if (!waiting_) return;
  waiting_ = false;
  // Who wakes (the log's completion thread) must not be kept: the step runs on one of gRPC's.
  waker_ = std::make_unique<grpc::Alarm>();
  waker_->Set(std::max(std::chrono::system_clock::now(), not_before_),
              [self = shared_from_this()](bool) { self->step(); });
}

void StreamDriver::pace() {
  const std::lock_guard lock(mutex_);
  latest_ = true;
  not_before_ = std::chrono::system_clock::now() + kPace;
}

void StreamDriver::write_within_bound() {
  {
    const std::lock_guard lock(mutex_);
    writing_ = true;
    begun_ = true;
    stall_ = std::make_unique<grpc::Alarm>();
    stall_->Set(std::chrono::system_clock::now() + desk_.parts().stream_stall_max,
                [weak = weak_from_this()](bool expired) {
                  const auto self = weak.lock();
                  if (expired && self) self->stalled();
                });
  }
  write();
}

// What Finish() says waits behind the message that is not taken, for as long as the caller pleases.
// Cancelling does not wait: it sends this code and text at once, past what the caller has yet to
// read, and the message comes back as not taken. (gRPC's own TryCancel() would say CANCELLED, which
// whoever has not cancelled takes for the end.)
void StreamDriver::stalled() {
  const std::lock_guard lock(mutex_);
  if (!writing_) return;
  stalled_ = true;
  grpc_call_cancel_with_status(call_.c_call(), GRPC_STATUS_UNAVAILABLE, kStalled, nullptr);
}

void StreamDriver::written(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    stall_.reset();
    if (!ok) cancelled_ = true;
    if (std::exchange(latest_, false)) {
      waiting_ = true;
      if (woken_ || cancelled_ || shutting_down_) wake();
      return;
    }
  }
  step();
}

void StreamDriver::cancelled() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  wake();
}

void StreamDriver::shut_down() {
  {
    const std::lock_guard lock(mutex_);
    shutting_down_ = true;
  }
  wake();
}

void StreamDriver::end(const Result<void>& result) {
  tell_answer(desk_.parts(), method_, context_.actor.agency, context_.actor.role,
              result ? nullptr : &result.error(), started_);
  finish(result);
}

void StreamDriver::done() {
  desk_.leave(this);
  tail_.reset();  // here, not on the log's thread, which this waits for
  const std::lock_guard lock(mutex_);
  stall_.reset();
  waker_.reset();  // it holds this
}

}  // namespace mash::host
