#pragma once
#include <memory>
#include <string>

#include "feed/origin.h"

namespace grpc {
class Channel;
}

namespace mash::node {

// A log whose owner is another process, asked over its LogService. Thread-safe; each call waits for
// its answer. `service`: "referral".
std::unique_ptr<feed::Origin> make_remote_log(std::shared_ptr<grpc::Channel> owner,
                                              std::string service);

}  // namespace mash::node
