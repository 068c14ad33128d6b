#include "host/upload.h"

#include <google/protobuf/message.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>

#include "core/checks.h"
#include "host/malformed.h"
#include "host/reply.h"
#include "host/unary_call.h"

namespace mash::host {
namespace {

// However many small messages may be in flight, those of full size are fewer.
constexpr std::size_t kInFlightBytesMax = 8 << 20;

tl::unexpected<Error> too_long(const UploadLimits& limits) {
  return refuse(Code::kInvalidArgument, "UPLOAD_TOO_LONG",
                "One stream takes at most " + std::to_string(limits.messages_max) +
                    " messages, and " + std::to_string(limits.bytes_max) +
                    " bytes either way. What came before has been taken: send all of it again in "
                    "shorter streams, which gives what was taken its first answer.");
}

tl::unexpected<Error> too_slow() {
  return refuse(Code::kDeadlineExceeded, "CALL_TOO_LONG",
                "Nothing came for too long, or the stream did not end in time. Sending the same "
                "again is safe.");
}

}  // namespace

Result<void> UploadedMessage::read_into(google::protobuf::Message& message) {
  if (bytes_.Length() > bytes_max_)
    return tl::unexpected(invalid_request(
        {{"", "the message is longer than " + std::to_string(bytes_max_) + " bytes"}}));
  if (grpc::GenericDeserialize<grpc::ProtoBufferReader, google::protobuf::Message>(&bytes_,
                                                                                   &message)
          .ok())
    return {};
  return tl::unexpected(malformed_request());
}

UploadReactor::UploadReactor(Desk& desk, grpc::CallbackServerContext& call, const Method& method,
                             grpc::ByteBuffer& answer, std::unique_ptr<Upload> upload)
    : desk_(desk),
      call_(call),
      method_(method),
      answer_(answer),
      upload_(std::move(upload)),
      started_(std::chrono::steady_clock::now()) {}

grpc::ServerReadReactor<grpc::ByteBuffer>* UploadReactor::begin(
    Desk& desk, grpc::CallbackServerContext& call, const google::protobuf::Descriptor& type,
    grpc::ByteBuffer& answer, std::unique_ptr<Upload> upload) {
  const Method& method = desk.parts().access.method_of(type);
  const std::shared_ptr<UploadReactor> reactor(
      new UploadReactor(desk, call, method, answer, std::move(upload)));
  reactor->self_ = reactor;
  reactor->begin();  // `reactor` keeps it alive until this returns
  return reactor.get();
}

void UploadReactor::begin() {
  desk_.parts().metrics.call_started();
  auto context = desk_.begin(call_, method_);
  if (!context) return end(tl::unexpected(std::move(context.error())));
  actor_ = std::move(context->actor);
  if (!desk_.enter(shared_from_this())) return shut_down();
  look_later();
  go_on();
}

bool UploadReactor::has_room() const {
  const std::size_t in_flight_max = upload_->in_order() ? 1 : desk_.parts().uploads.in_flight_max;
  return in_flight_ < in_flight_max && in_flight_bytes_ < kInFlightBytesMax;
}

void UploadReactor::go_on() {
  const std::lock_guard lock(mutex_);
  if (ended_ || reading_) return;
  if (over_) {
    auto& next = finished_ ? answerer_ : finisher_;
    if (in_flight_ > 0 || next) return;
    // Not here: the log's completion thread must not be kept with a long answer.
    next = std::make_unique<grpc::Alarm>();
    next->Set(std::chrono::system_clock::now(),
              [self = shared_from_this(), finished = finished_](bool) {
                finished ? self->answer() : self->finish();
              });
  } else if (has_room()) {
    reading_ = true;
    reading_since_ = std::chrono::steady_clock::now();
    StartRead(&next_);
  }
}

void UploadReactor::OnReadDone(bool ok) {
  grpc::ByteBuffer bytes;
  bytes.Swap(&next_);
  {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    over_ = !ok;
  }
  if (!ok) return go_on();
  const std::size_t size = bytes.Length();
  const auto place = count(size);
  if (!place) return end(tl::unexpected(place.error()));
  go_on();  // the next comes while this one is taken
  upload_->take(desk_.context_of(actor_), *place,
                UploadedMessage(bytes, desk_.parts().limits.request_bytes_max),
                [self = shared_from_this(), size](const Result<std::size_t>& answered) {
                  self->taken(size, answered);
                });
}

Result<std::size_t> UploadReactor::count(std::size_t bytes) {
  const UploadLimits& limits = desk_.parts().uploads;
  const std::lock_guard lock(mutex_);
  bytes_ += bytes;
  if (messages_ == limits.messages_max || bytes_ > limits.bytes_max ||
      answer_bytes_ > limits.bytes_max)
    return too_long(limits);
  ++in_flight_;
  in_flight_bytes_ += bytes;
  return messages_++;
}

void UploadReactor::taken(std::size_t bytes, const Result<std::size_t>& answer_bytes) {
  if (!answer_bytes) return end(tl::unexpected(answer_bytes.error()));
  {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    in_flight_bytes_ -= bytes;
    answer_bytes_ += *answer_bytes;
  }
  go_on();
}

void UploadReactor::look() {
  const auto now = std::chrono::steady_clock::now();
  bool slow = false;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    slow = now - started_ >= desk_.parts().uploads.whole_max ||
           (reading_ && now - reading_since_ >= desk_.parts().stream_stall_max);
  }
  if (slow) return end(too_slow());
  look_later();
}

void UploadReactor::look_later() {
  const auto after = std::min(desk_.parts().stream_stall_max, desk_.parts().uploads.whole_max);
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  looker_ = std::make_unique<grpc::Alarm>();
  looker_->Set(std::chrono::system_clock::now() + after, [weak = weak_from_this()](bool expired) {
    const auto self = weak.lock();
    if (expired && self) self->look();
  });
}

void UploadReactor::shut_down() {
  end(refuse(Code::kUnavailable, "SHUTTING_DOWN",
             "The hub is stopping. Sending the same again is safe."));
}

void UploadReactor::finish() {
  // A stream that is cut ends like one that is finished; gRPC knows which.
  if (call_.IsCancelled())
    return end(tl::unexpected(Error{
        .code = Code::kCancelled, .reason = "CANCELLED", .message = "The caller ended the call."}));
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    finished_ = true;
    ++in_flight_;
  }
  upload_->finish(desk_.context_of(actor_),
                  [self = shared_from_this()](const Result<std::size_t>& answered) {
                    self->taken(0, answered);
                  });
}

void UploadReactor::answer() { end(write_answer()); }

Result<void> UploadReactor::write_answer() {
  const std::lock_guard lock(mutex_);
  if (ended_) return {};  // the answer's buffer may be gone
  if (answer_bytes_ > desk_.parts().uploads.bytes_max) return too_long(desk_.parts().uploads);
  return upload_->answer().map([&](const google::protobuf::Message* answer) {
    bool own_buffer = false;
    grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(*answer, &answer_,
                                                                               &own_buffer);
  });
}

void UploadReactor::end(const Result<void>& result) {
  const auto keep = shared_from_this();  // Finish() may run OnDone() before it returns
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    ended_ = true;
  }
  tell_answer(desk_.parts(), method_, actor_.agency, actor_.role,
              result ? nullptr : &result.error(), started_);
  Finish(result ? grpc::Status::OK : to_status(result.error()));
}

void UploadReactor::OnDone() {
  desk_.leave(this);
  {
    const std::lock_guard lock(mutex_);
    for (auto* alarm : {&looker_, &finisher_, &answerer_}) alarm->reset();  // they hold this
  }
  self_.reset();
}

}  // namespace mash::host
