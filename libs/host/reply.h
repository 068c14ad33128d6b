#pragma once
#include "core/result.h"

namespace google::rpc {
class Status;
}
namespace grpc {
class Status;
}

namespace mash::host {

// The `domain` of every ErrorInfo: with it a reason is unique in the world (AIP-193).
inline constexpr char kErrorDomain[] = "mash";

// Details travel in a trailer, and a client's gRPC takes 8 KiB of trailers unless told otherwise.
// What does not fit is cut, and the last fault says how many were.
inline constexpr std::size_t kDetailsBytesMax = 4'096;

// An error as it goes over the wire: its code and message, and as google.rpc details the reason
// (ErrorInfo), every bad field (BadRequest), the rules it rests on (Help) and when to try again
// (RetryInfo).
grpc::Status to_status(const Error& error);

// The same as a message, for an answer that holds several.
google::rpc::Status to_rpc_status(const Error& error);

// The other way, for clients: what to_status() wrote, or what gRPC itself says (reason empty).
Error from_status(const grpc::Status& status);

}  // namespace mash::host
