#pragma once
#include <memory>
#include <string>

#include "core/result.h"
#include "host/config.h"

namespace grpc {
class Channel;
class ClientContext;
class Status;
}  // namespace grpc

namespace mash::node {

// A connection to another of the hub's services over mutual TLS, as this one: its certificate as a
// server names it to the others too (spiffe://<area>.mash/agency/hub/system/<service>). It connects
// when it is first used, and again as often as there is need. Refused: kFailedPrecondition,
// CERTIFICATE_UNUSABLE.
Result<std::shared_ptr<grpc::Channel>> connect_to(const host::Config& config,
                                                  const std::string& address);

// Who calls, and until when it waits: what every call from service to service says.
void dress(grpc::ClientContext& context, std::chrono::milliseconds patience);

// What a refused call means here; where it did not arrive, kUnavailable with that reason.
Error error_of(const grpc::Status& status, const char* unavailable);

}  // namespace mash::node
