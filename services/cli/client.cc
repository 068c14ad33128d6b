#include "cli/client.h"

#include <google/protobuf/message.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <array>
#include <chrono>
#include <utility>

#include "cli/credentials.h"

namespace mash::cli {
namespace {

constexpr double kOneAnswerSeconds = 30;
constexpr int kReplyBytesMax = 64 << 20;

grpc::ByteBuffer to_buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

Outcome<std::string> to_bytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok())
    return fail(Exit::kRefused, Code::kInternal, "REPLY_MALFORMED", "A reply cannot be read.");
  std::string out;
  for (const grpc::Slice& slice : slices)
    out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return out;
}

// Drives one call through its completion queue: requests go out and replies come in side by side,
// so neither end can wait for the other. One thread.
class Exchange {
 public:
  Exchange(grpc::GenericStub& stub, const std::string& method, grpc::ClientContext& context,
           const Client::Requests& requests, const Client::Replies& replies)
      : context_(context),
        requests_(requests),
        replies_(replies),
        stream_(stub.PrepareCall(&context, method, &queue_)) {}

  // What the call ended with. A failure of the caller's own functions ends the call and wins.
  Outcome<grpc::Status> run() {
    begin(kStart);
    stream_->StartCall(tag(kStart));
    while (under_way_ > 0) {
      void* tag = nullptr;
      bool ok = false;
      if (!queue_.Next(&tag, &ok)) break;
      --under_way_;
      on_event(*static_cast<const Event*>(tag), ok);
    }
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
    if (own_) return tl::unexpected(std::move(*own_));
    if (enough_) return grpc::Status::OK;
    return status_;
  }

 private:
  enum Event : size_t { kStart, kWritten, kWritesDone, kRead, kFinished };

  // A tag is the place of its event in this list.
  void* tag(Event event) { return &events_[event]; }
  void begin(Event) { ++under_way_; }

  void on_event(Event event, bool ok) {
    switch (event) {
      case kStart:
        if (!ok) return finish();
        read();
        return write();
      case kWritten:
        if (ok) write();
        return;
      case kWritesDone:
        return;
      case kRead:
        if (!ok || !take_reply()) return finish();
        return read();
      case kFinished:
        return;
    }
  }

  void read() {
    begin(kRead);
    stream_->Read(&reply_, tag(kRead));
  }

  void write() {
    auto next = requests_();
    if (!next) return give_up(std::move(next.error()));
    if (*next) {
      begin(kWritten);
      stream_->Write(to_buffer(**next), tag(kWritten));
    } else {
      begin(kWritesDone);
      stream_->WritesDone(tag(kWritesDone));
    }
  }

  // False when the call is to end.
  bool take_reply() {
    if (own_) return false;
    auto bytes = to_bytes(reply_);
    if (!bytes) {
      give_up(std::move(bytes.error()));
      return false;
    }
    auto more = replies_(*bytes);
    if (!more) {
      give_up(std::move(more.error()));
      return false;
    }
    if (*more) return true;
    enough_ = true;
    context_.TryCancel();
    return false;
  }

  void give_up(Failure failure) {
    own_ = std::move(failure);
    context_.TryCancel();
  }

  void finish() {
    begin(kFinished);
    stream_->Finish(&status_, tag(kFinished));
  }

  std::array<Event, 5> events_{kStart, kWritten, kWritesDone, kRead, kFinished};
  grpc::ClientContext& context_;
  const Client::Requests& requests_;
  const Client::Replies& replies_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  grpc::ByteBuffer reply_;
  grpc::Status status_;
  std::optional<Failure> own_;
  bool enough_ = false;
  int under_way_ = 0;
};

// One request, and no more.
Client::Requests only(const google::protobuf::Message& request) {
  return [&request, sent = false]() mutable -> Outcome<std::optional<std::string>> {
    if (std::exchange(sent, true)) return std::nullopt;
    return request.SerializeAsString();
  };
}

}  // namespace

Outcome<Client> Client::connect(const Settings& settings, const std::string& agency_default) {
  Settings own = settings;
  if (own.agency.empty()) own.agency = agency_default;
  if (own.agency.empty())
    return wrong_usage("Who is calling? Name the agency with --as, or set MASH_AS.");
  Outcome<Credentials> credentials = load_credentials(own.pki, own.agency);
  if (!credentials) return tl::unexpected(std::move(credentials.error()));
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = std::move(credentials->authority);
  tls.pem_cert_chain = std::move(credentials->certificate);
  tls.pem_private_key = std::move(credentials->key);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kReplyBytesMax);
  Outcome<Addresses> addresses = Addresses::parse(own.address);
  if (!addresses) return tl::unexpected(std::move(addresses.error()));
  // gRPC shares what connects to one address with the same credentials.
  return Client(
      [addresses = std::move(*addresses), credentials = grpc::SslCredentials(tls), arguments](
          const std::string& method, const std::string& request) {
        const Place& place = addresses.of(method, log_named_by(method, request));
        return Way{grpc::CreateCustomChannel(place.address, credentials, arguments), place};
      },
      own);
}

Client::Client(std::shared_ptr<grpc::Channel> channel, Settings settings)
    : Client([way = Way{std::move(channel), {.address = settings.address}}](
                 const std::string&, const std::string&) { return way; },
             settings) {}

Client::Client(Ways ways, Settings settings)
    : ways_(std::move(ways)), settings_(std::move(settings)) {}

Outcome<void> Client::call(const std::string& method, const Requests& requests,
                           const Replies& replies, bool one_answer) const {
  grpc::ClientContext context;
  double seconds = settings_.timeout_s;
  if (seconds <= 0 && one_answer) seconds = kOneAnswerSeconds;
  if (seconds > 0)
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000)));
  if (!settings_.user.empty()) context.AddMetadata("mash-practitioner", settings_.user);
  if (!settings_.role.empty()) context.AddMetadata("mash-role", settings_.role);
  auto first = requests();
  if (!first) return tl::unexpected(std::move(first.error()));
  const Way way = ways_(method, first->value_or(""));
  grpc::GenericStub stub(way.channel);
  // It is written once; after the last one there is none.
  bool taken = false;
  const Requests all = [&]() -> Outcome<std::optional<std::string>> {
    if (!std::exchange(taken, true) || !*first) return std::move(*first);
    return requests();
  };
  auto status = Exchange(stub, "/" + method, context, all, replies).run();
  if (!status) return tl::unexpected(std::move(status.error()));
  if (!status->ok()) return tl::unexpected(from_status(*status, method, way.place));
  return {};
}

Outcome<void> Client::unary(const std::string& method, const google::protobuf::Message& request,
                            google::protobuf::Message& reply) const {
  return call(
      method, only(request),
      [&](const std::string& bytes) -> Outcome<bool> {
        if (reply.ParseFromString(bytes)) return true;
        return fail(Exit::kRefused, Code::kInternal, "REPLY_MALFORMED",
                    "The reply of " + method + " is not a " + reply.GetTypeName() + ".");
      },
      true);
}

Outcome<void> Client::read(const std::string& method, const google::protobuf::Message& request,
                           google::protobuf::Message& reply,
                           const std::function<Outcome<bool>()>& each) const {
  return call(
      method, only(request),
      [&](const std::string& bytes) -> Outcome<bool> {
        if (reply.ParseFromString(bytes)) return each();
        return fail(Exit::kRefused, Code::kInternal, "REPLY_MALFORMED",
                    "A reply of " + method + " is not a " + reply.GetTypeName() + ".");
      },
      false);
}

}  // namespace mash::cli
