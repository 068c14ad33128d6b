#pragma once
#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

#include "host/desk.h"

namespace mash::host {

// One message of an upload, as it came over the wire.
class UploadedMessage {
 public:
  // Shares the bytes.
  UploadedMessage(const grpc::ByteBuffer& bytes, std::size_t bytes_max)
      : bytes_(bytes), bytes_max_(bytes_max) {}

  // Reads it into `message`. Refuses with INVALID_ARGUMENT, reason MALFORMED_REQUEST, what is no
  // message of that type, and with INVALID_REQUEST what is too large.
  Result<void> read_into(google::protobuf::Message& message);

  std::size_t size() const { return bytes_.Length(); }

 private:
  grpc::ByteBuffer bytes_;
  std::size_t bytes_max_;
};

// What a service does with one upload. Made for one call; the call keeps it until all that it took
// is done, also where the caller is gone by then.
class Upload {
 public:
  // Says that what was taken is done, and how much it adds to the answer; an error ends the upload
  // with it. From any thread.
  using Done = std::function<void(Result<std::size_t> answer_bytes)>;

  virtual ~Upload() = default;

  // Whether it takes one message after another, each when the one before is done.
  virtual bool in_order() const { return false; }

  // Takes the message at this place of the stream, from 0; unless in_order(), several threads take
  // some at once, in no order. `done` is called once for each, at once or later. Where each message
  // is a matter of its own, what is wrong with one belongs into the answer.
  virtual void take(Context context, std::size_t place, UploadedMessage message, Done done) = 0;

  // All messages have come and are done, and the caller has not gone: what is left to do. `done` is
  // called once.
  virtual void finish(Context /*context*/, Done done) { done(0); }

  // The answer, once all that was taken is done; or why there is none.
  virtual Result<const google::protobuf::Message*> answer() = 0;
};

// A stream of requests with one answer for all: who calls, may it, then each message as it comes.
// The next is read only while there is room (UploadLimits), so a fast sender is held back by the
// transport. More messages or bytes than an upload may have end it with INVALID_ARGUMENT, reason
// UPLOAD_TOO_LONG; a sender that is silent for stream_stall_max, or an upload that takes longer
// than UploadLimits::whole_max, with CALL_TOO_LONG. However it ends, what was taken has its effect.
//
// It serves a method whose messages stay bytes (gRPC's raw callback API), since gRPC ends a stream
// at the first message it cannot read as if the caller had ended it. Owned by itself until gRPC is
// done with it.
class UploadReactor final : public grpc::ServerReadReactor<grpc::ByteBuffer>,
                            public Desk::OpenStream,
                            public std::enable_shared_from_this<UploadReactor> {
 public:
  // Begins the call of a method known by its message's type; everything outlives the call.
  static grpc::ServerReadReactor<grpc::ByteBuffer>* begin(Desk& desk,
                                                          grpc::CallbackServerContext& call,
                                                          const google::protobuf::Descriptor& type,
                                                          grpc::ByteBuffer& answer,
                                                          std::unique_ptr<Upload> upload);

  void OnReadDone(bool ok) override;
  void OnCancel() override {}  // the read that waits comes back, or the alarm looks
  void OnDone() override;
  void shut_down() override;

 private:
  UploadReactor(Desk& desk, grpc::CallbackServerContext& call, const Method& method,
                grpc::ByteBuffer& answer, std::unique_ptr<Upload> upload);

  void begin();
  bool has_room() const;
  // A message more, and its place; refuses what is too long.
  Result<std::size_t> count(std::size_t bytes);
  void taken(std::size_t bytes, const Result<std::size_t>& answer_bytes);
  void go_on();  // reads the next message, or finishes, or waits for what is in flight
  void finish();
  void look();  // now and then: whether the upload takes too long
  void look_later();
  void answer();
  Result<void> write_answer();
  void end(const Result<void>& result);

  Desk& desk_;
  grpc::CallbackServerContext& call_;
  const Method& method_;
  grpc::ByteBuffer& answer_;
  const std::unique_ptr<Upload> upload_;
  const std::chrono::steady_clock::time_point started_;
  Actor actor_;
  std::shared_ptr<UploadReactor> self_;  // until OnDone
  grpc::ByteBuffer next_;                // the message that is being read

  std::mutex mutex_;
  bool reading_ = false;
  bool over_ = false;      // no more messages come
  bool finished_ = false;  // the upload knows it
  bool ended_ = false;     // answered
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
  std::size_t answer_bytes_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t in_flight_bytes_ = 0;
  std::chrono::steady_clock::time_point reading_since_;
  std::unique_ptr<grpc::Alarm> looker_;
  std::unique_ptr<grpc::Alarm> finisher_;
  std::unique_ptr<grpc::Alarm> answerer_;
};

}  // namespace mash::host
