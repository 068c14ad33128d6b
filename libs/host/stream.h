#pragma once
#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "host/desk.h"
#include "host/reply.h"

namespace mash::host {

// What a stream of answers does besides writing messages, whatever their type: it asks for the next
// message only when the last has been taken, waits for the log to grow (and a little longer after
// the latest there was), records looks before a message leaves, and ends. Each stream has one
// StreamDriver; all its steps run one after another.
class StreamDriver : public Desk::OpenStream, public std::enable_shared_from_this<StreamDriver> {
 public:
  StreamDriver(Desk& desk, grpc::CallbackServerContext& call, const Method& method,
               std::string purpose);

  // Begins: who calls, may it, is the request whole. Then the first step.
  void begin(const google::protobuf::Message& request, const OwnChecks& check);

  // The transport took the message, or will take no more.
  void written(bool ok);
  void cancelled();
  void done();  // the call is over: nothing is called any more

  void shut_down() override;

 protected:
  Wake waker();

  // What only the typed half can do.
  virtual Result<void> open(const Context& context) = 0;
  virtual Result<Next> pull(Looks& looks) = 0;
  virtual void announce() = 0;
  virtual void write() = 0;
  virtual void finish(const Result<void>& result) = 0;

 private:
  void step();            // asks for messages until one is being written, it waits, or it ends
  Result<void> wanted();  // whether to go on at all
  bool wait();            // false: something has happened since the message was asked for
  void wake();            // something may have changed: a step, if it waits; any thread
  void pace();            // the message to be written is the latest: the next comes later
  void write_within_bound();
  // The first message anew, since what its looks rest on has moved.
  Result<Looks> from_the_start();
  void stalled();
  void end(const Result<void>& result);

  Desk& desk_;
  grpc::CallbackServerContext& call_;
  const Method& method_;
  const std::string purpose_;
  const std::chrono::steady_clock::time_point started_;
  Context context_;
  std::unique_ptr<log::EventLog::Tail> tail_;

  std::recursive_mutex mutex_;  // a cancelled call may be told so before TryCancel() returns
  bool waiting_ = false;
  bool woken_ = false;  // since the last message was asked for
  bool writing_ = false;
  bool begun_ = false;                                // a message has left
  bool latest_ = false;                               // what is being written was all there was
  std::chrono::system_clock::time_point not_before_;  // the next step, where it has waited
  bool cancelled_ = false;
  bool stalled_ = false;  // a message was not taken in time
  bool shutting_down_ = false;
  std::unique_ptr<grpc::Alarm> stall_;  // fires when a message is not taken in time
  std::unique_ptr<grpc::Alarm> waker_;
};

// The typed half, and the reactor gRPC knows. Owned by itself until gRPC is done with it.
template <class Response>
class StreamReactor final : public grpc::ServerWriteReactor<Response>, public StreamDriver {
 public:
  using Open = std::function<Result<Pull<Response>>(const Context&, Wake)>;

  StreamReactor(Desk& desk, grpc::CallbackServerContext& call, const Method& method,
                std::string purpose, Open open)
      : StreamDriver(desk, call, method, std::move(purpose)), open_(std::move(open)) {}

  void keep(std::shared_ptr<StreamReactor> self) { self_ = std::move(self); }

  void OnWriteDone(bool ok) override { written(ok); }
  void OnCancel() override { cancelled(); }
  void OnDone() override {
    pull_ = nullptr;
    done();
    self_.reset();
  }

 private:
  Result<void> open(const Context& context) override {
    auto pull = open_(context, waker());
    if (!pull) return tl::unexpected(std::move(pull.error()));
    pull_ = std::move(*pull);
    return {};
  }
  Result<Next> pull(Looks& looks) override {
    message_.Clear();
    return pull_(message_, looks);
  }
  // So that a caller knows it is being served, however long the first message may be in coming.
  void announce() override { this->StartSendInitialMetadata(); }
  void write() override { this->StartWrite(&message_); }
  void finish(const Result<void>& result) override {
    this->Finish(result ? grpc::Status::OK : to_status(result.error()));
  }

  std::shared_ptr<StreamReactor> self_;
  Open open_;
  Pull<Response> pull_;
  Response message_;
};

template <class Response, class Request, class Open>
grpc::ServerWriteReactor<Response>* Desk::stream(grpc::CallbackServerContext* call,
                                                 const Request* request, Open open,
                                                 const OwnChecks& check) {
  const Method& method = parts_.access.method_of(*request->GetDescriptor());
  typename StreamReactor<Response>::Open opener;
  if constexpr (std::is_invocable_v<Open, const Context&, Wake>)
    opener = std::move(open);
  else
    opener = [open = std::move(open)](const Context& context, const Wake&) {
      return open(context);
    };
  auto reactor = std::make_shared<StreamReactor<Response>>(*this, *call, method,
                                                           purpose_of(*request), std::move(opener));
  auto* const raw = reactor.get();
  raw->keep(reactor);
  raw->begin(*request, check);  // `reactor` keeps it alive until this returns
  return raw;
}

}  // namespace mash::host
