#pragma once
#include <sys/types.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace mash::notification::testing {

// A server in Python, of this folder, as a process of its own on a port of its own: it lives as
// long as this, and tells what it sees, a JSON object a line. Thread-safe.
class ServerProcess {
 public:
  ServerProcess(const std::string& script, const std::vector<std::string>& arguments);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  uint16_t port() const { return port_; }
  std::string host(const std::string& name = "127.0.0.1") const {
    return name + ":" + std::to_string(port_);
  }

  // What it has told that `is_wanted`; waits until there are so many, at most two minutes.
  using Wanted = std::function<bool(const nlohmann::json&)>;
  std::vector<nlohmann::json> seen(const Wanted& is_wanted, std::size_t at_least) const;

 private:
  void read(int output);

  pid_t process_ = -1;
  int input_ = -1;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<nlohmann::json> seen_;
  std::thread reader_;
};

}  // namespace mash::notification::testing
