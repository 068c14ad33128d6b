#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/result.h"
#include "host/access.h"

namespace mash::host {

// What a server counts, served as Prometheus text over HTTP on a loopback address:
//   mash_calls_total{method,code}   calls answered
//   mash_call_seconds{method}       how long they took, as a histogram
//   mash_calls_in_flight            calls begun and not yet answered
// and everything that watch() was given. Thread-safe.
class Metrics {
 public:
  // Nothing is served before serve(). `access` names the methods; it may go afterwards.
  explicit Metrics(const Access& access);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // kUnavailable, reason ADDRESS_IN_USE, when the address cannot be had. Port 0 takes a free one.
  Result<void> serve(const std::string& address);
  int port() const;

  void call_started();
  void call_answered(const Method& method, int code, std::chrono::microseconds took);

  // Shows the value that `read` gives when metrics are asked for; `read` must be thread-safe and
  // outlive the server's answers: stop_serving() ends them. What is named "..._total" only grows.
  void watch(const std::string& name, const std::string& help,
             const std::map<std::string, std::string>& labels, std::function<double()> read);

  void stop_serving();

  // What is served, for tests and for a last look.
  std::string text() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// "PERMISSION_DENIED" for 7, and so on.
const char* code_name(int code);

}  // namespace mash::host
