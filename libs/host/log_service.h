#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/desk.h"
#include "host/followed_log.h"

namespace grpc {
class Service;
}

namespace mash::host {

// A log that is served: by which name callers ask for it, and the desk of the service that keeps
// it.
struct ServedLog {
  std::string name;                      // "referral"
  Desk& desk;                            // outlives the service
  std::vector<FollowedLog*> followed{};  // by that service; they outlive this one
};

// mash.log.v1.LogService over the logs of this process. Operators and other services see records
// and, asked for, sealed parts as they are stored; an auditor who says why sees their content, and
// each reply that shows any is a look. One verification runs at a time. A request that names no log
// means the first; there is at least one.
// Operators see what logs each follows, and have what waits there tried again.
// Backups go below `backups`.
std::unique_ptr<grpc::Service> make_log_service(std::vector<ServedLog> logs,
                                                std::filesystem::path backups);

}  // namespace mash::host
