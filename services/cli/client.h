#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/addresses.h"
#include "cli/outcome.h"
#include "cli/settings.h"

namespace google::protobuf {
class Message;
}
namespace grpc {
class Channel;
class Status;
}  // namespace grpc

namespace mash::cli {

// Connections to a hub, over mutual TLS, as one agency: one, or, where its services are apart, one
// to each. It knows methods by name and messages as bytes, so it can make any call, known when it
// was built or not. Threads may share one.
class Client {
 public:
  // Yields the next serialized request, or nothing when there are no more.
  using Requests = std::function<Outcome<std::optional<std::string>>()>;
  // Takes a serialized reply; false ends the call.
  using Replies = std::function<Outcome<bool>(const std::string& reply)>;

  // Checks the certificate; connects when the first call is made. `agency_default` calls when the
  // settings name none.
  static Outcome<Client> connect(const Settings& settings, const std::string& agency_default);

  // Over a channel made elsewhere.
  Client(std::shared_ptr<grpc::Channel> channel, Settings settings);

  // What a call goes over, and whom it reaches there.
  struct Way {
    std::shared_ptr<grpc::Channel> channel;
    Place place;
  };
  // The way of a call of this method, with this first request.
  using Ways = std::function<Way(const std::string& method, const std::string& request)>;
  Client(Ways ways, Settings settings);

  // One call of any kind. `method` is "mash.log.v1.LogService/ReadLog". `one_answer` gives it the
  // time limit of a call that answers at once.
  Outcome<void> call(const std::string& method, const Requests& requests, const Replies& replies,
                     bool one_answer) const;

  // One request, one reply.
  Outcome<void> unary(const std::string& method, const google::protobuf::Message& request,
                      google::protobuf::Message& reply) const;

  // One request, many replies: `each` is called with `reply` filled anew; false ends the call.
  Outcome<void> read(const std::string& method, const google::protobuf::Message& request,
                     google::protobuf::Message& reply,
                     const std::function<Outcome<bool>()>& each) const;

  const Settings& settings() const { return settings_; }

 private:
  Ways ways_;
  Settings settings_;
};

// What a status means to the user: its google.rpc details, which exit, and what to do.
Failure from_status(const grpc::Status& status, const std::string& method, const Place& place);

}  // namespace mash::cli
