#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "host/config.h"

namespace mash::hub {

// All services in one process, over one server: the embedded default. What is made here is passed
// by reference to what is made after it, and goes in the opposite order.
//
//   data/referral         the log of referrals and people
//   data/referral-lookup  keyed tokens that find them, made from that log
//   data/sharing          the log of who was given what, and why
//   data/vault            the log of what became of keys
//   data/keys             the vault's keys, wrapped
class Hub {
 public:
  // For tests: what a program leaves as it is.
  struct Parts {
    const Clock* clock = nullptr;  // absent: the system's
    std::function<void(const std::string& diagnosis)> on_fatal{};
    std::function<void(std::string_view point)> at_point{};  // of the referral log's commit path
  };

  // Opens everything and serves. Refuses, before it listens, a configuration that cannot work: no
  // policy pack or lawful-basis pack in force today, an agency of a kind of body that the latter
  // does not know, an event that is not classified, a method without a rule of access, keys or
  // certificates that cannot be used, a damaged log.
  static Result<std::unique_ptr<Hub>> start(const host::Config& config, Parts parts);
  static Result<std::unique_ptr<Hub>> start(const host::Config& config);

  // Drains, then closes.
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  int port() const;
  int metrics_port() const;                   // 0: none
  std::vector<std::string> services() const;  // full names of what it serves

  // Ends open streams, takes no new call, and lets those running finish within server.drain_ms_max.
  void drain();

 private:
  class Impl;
  explicit Hub(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::hub
