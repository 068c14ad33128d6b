#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "feed/relay.h"
#include "kafka/published_log.h"

namespace mash::testing {

// A log whose relay is listened to, for what it says when something is wrong around it.
class RelayFaults : public PublishedLog {
 protected:
  ~RelayFaults() override { relay_.reset(); }  // first: it tells the others

  void publish() override {
    auto parts = relay_parts();
    parts.cursor_file = cursor_file_;
    parts.on_held_up = [this,
                        began = std::chrono::steady_clock::now()](const Result<void>& published) {
      const std::lock_guard lock(mutex_);
      if (told_.empty()) told_after_ = std::chrono::steady_clock::now() - began;
      told_.push_back(published ? "" : published.error().reason);
    };
    parts.on_place_found = [this](const Result<uint64_t>& position) {
      const std::lock_guard lock(mutex_);
      found_.push_back(position ? std::to_string(*position) : position.error().reason);
    };
    relay_ = std::make_unique<feed::Relay>(std::move(parts));
  }
  std::vector<std::string> told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  // Waits until the last that it said is this: a moment after goes_on() has it.
  bool says(const std::string& reason) {
    return comes_true([&] {
      const auto all = told();
      return !all.empty() && all.back() == reason;
    });
  }
  // Where it went on, each time it asked its topic, or why that did not tell.
  std::vector<std::string> found() {
    const std::lock_guard lock(mutex_);
    return found_;
  }

  // How long after its beginning it said something for the first time.
  std::chrono::steady_clock::duration told_after() {
    const std::lock_guard lock(mutex_);
    return told_.empty() ? std::chrono::steady_clock::duration::max() : told_after_;
  }

  std::filesystem::path cursor_file_ = log_.folder() / "relay";

 private:
  std::mutex mutex_;
  std::chrono::steady_clock::duration told_after_{};
  std::vector<std::string> told_;
  std::vector<std::string> found_;
};

}  // namespace mash::testing
