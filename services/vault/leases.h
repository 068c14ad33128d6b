#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "vault/holder.h"

namespace mash::vault {

// For how long other services may use what the vault gives them.
struct LeaseTimes {
  std::chrono::seconds key{60};
  // Held ahead and not used yet: longer, so that a vault that is away does not stop intake.
  std::chrono::seconds ahead{2 * 3600};
};

// Until when a key may be in use somewhere, and who has said that they hold it no more. A lease of
// a key ends so long after the key was destroyed at the latest, whoever has it: none is given
// after. What was given ahead is remembered, a bounded number of keys; of those given before this
// start, which are not, all are held to be out until their time is over.
//
// Thread-safe.
class Leases {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Leases(LeaseTimes times = {},
                  std::function<TimePoint()> now = std::chrono::steady_clock::now);

  const LeaseTimes& times() const { return times_; }

  void given_ahead(const std::string& key_id);

  // A service says that it holds the key no more, and how many sealed parts went.
  void confirm(const std::string& holder, const std::string& key_id, std::uint64_t removed);

  // What the service has confirmed of a key that is destroyed, or nothing where every lease of it
  // is over; waits for that, at most so long. HOLDER_AWAY: it may be in use there.
  Result<std::uint64_t> dropped(const std::string& holder, const std::string& key_id,
                                std::chrono::milliseconds patience);

 private:
  struct Destroyed {
    TimePoint seen_at;  // destroyed by then
    std::map<std::string, std::uint64_t> confirmed;
  };

  TimePoint free_from(const std::string& key_id, TimePoint destroyed_by) const;

  const LeaseTimes times_;
  const std::function<TimePoint()> now_;
  const TimePoint started_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, TimePoint> ahead_until_;
  std::map<std::string, Destroyed> destroyed_;
};

// A service that is a process of its own. `leases` outlives it.
class LeasedHolder final : public Holder {
 public:
  LeasedHolder(std::string name, Leases& leases) : name_(std::move(name)), leases_(leases) {}

  std::string name() const override { return name_; }
  Result<std::uint64_t> erase(const std::string& key_id) override;
  log::EventLog* log() override { return nullptr; }

 private:
  const std::string name_;
  Leases& leases_;
};

}  // namespace mash::vault
