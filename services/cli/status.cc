#include <google/protobuf/any.pb.h>
#include <grpcpp/support/status.h>

#include "cli/client.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace mash::cli {
namespace {

void add_detail(const google::protobuf::Any& any, Error& error) {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  google::rpc::Help help;
  google::rpc::RetryInfo retry;
  if (any.UnpackTo(&info)) {
    error.reason = info.reason();
    error.metadata = {info.metadata().begin(), info.metadata().end()};
  } else if (any.UnpackTo(&bad)) {
    for (const auto& fault : bad.field_violations())
      error.faults.push_back({fault.field(), fault.description()});
  } else if (any.UnpackTo(&help)) {
    for (const auto& link : help.links()) error.sources.push_back({link.description(), link.url()});
  } else if (any.UnpackTo(&retry)) {
    error.retry_after = std::chrono::seconds(retry.retry_delay().seconds()) +
                        std::chrono::milliseconds(retry.retry_delay().nanos() / 1'000'000);
  }
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string program_of(const Place& place) {
  return place.service.empty() ? "the hub" : "mash-" + place.service;
}

std::string to_start(const Place& place) {
  if (place.service.empty())
    return "Start a hub with './dev run', or say where it is with --address or MASH_ADDRESS.";
  return "Start " + program_of(place) + " ('systemctl start mash@" + place.service +
         "', or './dev cluster up " + place.service + "'), or say where it is: " + place.service +
         "=HOST:PORT in --address or MASH_ADDRESS. The other services are not asked about this.";
}

// What to do about a connection that did not come about, by what gRPC says of it.
std::string connection_advice(const std::string& said, const Place& place) {
  if (contains(said, "refused")) return to_start(place);
  if (contains(said, "andshake") || contains(said, "certificate") || contains(said, "peer name") ||
      contains(said, "Socket closed") || contains(said, "reset"))
    return "This certificate and " + program_of(place) +
           " do not trust each other: are both from the same authority (--pki, MASH_PKI), and is "
           "the certificate of " +
           program_of(place) + " still valid, and for that address?";
  return "Is the address right (" + (place.service.empty() ? "" : place.service + "=... in ") +
         "--address, MASH_ADDRESS), and can it be reached from here?";
}

Failure unreachable(const grpc::Status& status, const Place& place) {
  const std::string& said = status.error_message();
  return {Exit::kUnreachable,
          {.code = Code::kUnavailable,
           .reason = "HUB_UNREACHABLE",
           .message = (place.service.empty() ? "No hub answers at "
                                             : program_of(place) + " does not answer at ") +
                      place.address + " (" + said + ")."},
          connection_advice(said, place)};
}

std::string advice_for(const Error& error, const std::string& method, const Place& place) {
  switch (error.code) {
    case Code::kUnauthenticated:
      if (error.reason == "BAD_PRACTITIONER")
        return "Say who is acting, by an opaque id that names nobody: --user, or MASH_USER.";
      if (error.reason == "BAD_ROLE")
        return "Say in which of the certificate's roles: --role, or MASH_ROLE.";
      return "The hub does not accept these credentials: check --as and --pki, and renew "
             "certificates with './dev pki'.";
    case Code::kPermissionDenied:
      return "Call as another agency (--as) or in another role of its certificate (--role).";
    case Code::kUnimplemented:
      return "At " + place.address + " there is no " + method +
             "; 'mash call' without a method lists what there is. Of services apart each has an "
             "address of its own: MASH_ADDRESS=referral=HOST:PORT,sharing=HOST:PORT,...";
    case Code::kAborted:
      return "Somebody else changed it in the meantime: look at it again, then repeat.";
    case Code::kAlreadyExists:
      return error.reason == "REQUEST_ID_REUSED"
                 ? "This request id was used for another request: leave it out to get a new one."
                 : "";
    case Code::kResourceExhausted:
      if (error.reason == "DISK_FULL")
        return "Tell whoever runs " + program_of(place) +
               ". What can be read still can be; repeat it, with the same request id, when there "
               "is room.";
      [[fallthrough]];
    case Code::kUnavailable:
      return "Repeat it in a moment: a request id makes that safe.";
    case Code::kDeadlineExceeded:
      return "Whether it took effect is not known: repeat it with the same request id, or allow "
             "more time with --timeout.";
    case Code::kDataLoss:
      return "Stop, and verify the log: 'mash verify --data DIR' names the first wrong record.";
    default:
      return "";
  }
}

}  // namespace

Failure from_status(const grpc::Status& status, const std::string& method, const Place& place) {
  google::rpc::Status details;
  const bool detailed =
      !status.error_details().empty() && details.ParseFromString(status.error_details());
  const bool transport = status.error_code() == grpc::StatusCode::UNAVAILABLE && !detailed;
  if (transport) return unreachable(status, place);
  Failure out;
  out.error.code = status.error_code() == grpc::StatusCode::UNKNOWN ||
                           status.error_code() == grpc::StatusCode::CANCELLED
                       ? Code::kInternal
                       : static_cast<Code>(status.error_code());
  out.error.message = status.error_message();
  if (out.error.message.empty())
    out.error.message = "The hub answered " + method + " with an error.";
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED && !detailed)
    out.error.message =
        "No answer came in time from " + program_of(place) + " at " + place.address + ".";
  if (detailed)
    for (const auto& any : details.details()) add_detail(any, out.error);
  out.exit = out.error.code == Code::kUnauthenticated ? Exit::kUnreachable : Exit::kRefused;
  out.advice = advice_for(out.error, method, place);
  return out;
}

}  // namespace mash::cli
