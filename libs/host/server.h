#pragma once
#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "core/result.h"
#include "host/access.h"
#include "host/config.h"
#include "host/metrics.h"

namespace grpc {
class Service;
}

namespace mash::host {

// A service a server answers for: its full name, "mash.log.v1.LogService", and what implements it.
struct ServedService {
  std::string name;
  grpc::Service& implementation;
};

// The gRPC server of a program: mutual TLS with certificates that are read again while it runs,
// reflection, grpc.health.v1, and bounds on messages, calls at once, memory and idle connections.
//
// Everybody who connects must show a certificate of the configured authority; who they are and what
// they may do is told of each call (host/desk.h). Health and reflection are open to every such
// caller and show nothing but the schema. Thread-safe.
class Server {
 public:
  // Refuses with kFailedPrecondition, CERTIFICATE_UNUSABLE, files that cannot be read, are no PEM
  // or no pair; with kUnavailable, ADDRESS_IN_USE. `access`, `metrics` and the services outlive it.
  static Result<std::unique_ptr<Server>> start(const Config& config,
                                               std::span<const ServedService> services,
                                               const Access& access, Metrics& metrics);
  // Stops at once what drain() has not let finish.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;

  // Says NOT_SERVING to health checks, takes no new call, and waits for those running, at most so
  // long; then ends them. Streams must be told to end first (Desk::end_streams).
  void drain(std::chrono::milliseconds max);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::host
