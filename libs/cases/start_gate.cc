#include "cases/start_gate.h"

namespace mash::cases {

StartGate::StartGate(StartGateParts parts)
    : parts_(parts), thread_([this](const std::stop_token& stop) { run(stop); }) {}

bool StartGate::is_open() const {
  return all_followed_ || std::chrono::steady_clock::now() - started_ >= parts_.patience;
}

void StartGate::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    bool all = true;
    for (const auto& following : parts_.followings) {
      if (stop.stop_requested()) return;
      all = (following->has_caught_up() || following->catch_up(parts_.ask_max)) && all;
    }
    if (all) {
      all_followed_ = true;
      return;
    }
    std::unique_lock lock(mutex_);
    stopping_.wait_for(lock, stop, parts_.ask_every, [] { return false; });
  }
}

}  // namespace mash::cases
