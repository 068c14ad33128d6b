#pragma once
#include <memory>

#include "core/result.h"
#include "host/access.h"
#include "host/metrics.h"

namespace grpc::experimental {
class ServerInterceptorFactoryInterface;
}

namespace mash::host {

// INVALID_ARGUMENT, reason MALFORMED_REQUEST: what came is no message of the method's type.
Error malformed_request();

// gRPC answers a request that cannot be parsed (no protobuf, text that is no UTF-8, nested beyond
// protobuf's own bound) with UNIMPLEMENTED and no word of why, before any handler runs. This puts
// malformed_request() in its place. `access` and `metrics` outlive it.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> explain_malformed_requests(
    const Access& access, Metrics& metrics);

}  // namespace mash::host
