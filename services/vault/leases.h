#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "vault/holder.h"

namespace mash::vault {

// For how long other services may use what the vault gives them.
struct LeaseTimes {
  std::chrono::seconds key{60};
  // Held ahead and not used yet: longer, so that a vault that is away does not stop intake.
  std::chrono::seconds ahead{2 * 3600};
  // What the vault waits beyond either: for clocks that run unevenly, and for a use that began
  // while the key could still be used.
  std::chrono::seconds margin{5};
  // How long a destruction waits at once for services to confirm: by then they have, or are away.
  std::chrono::milliseconds confirming{5'000};
};

// Until when a key may be in use somewhere, and who has said that they hold it no more. A lease of
// a key ends so long after the key was destroyed at the latest, whoever has it: none is given
// after. What was given ahead is remembered as spans of ids, as it was minted; where there are too
// many, neighbours become one span that lasts as long as the longer of them, which can make a
// destruction wait for longer but never for less. What was given before this start is not known
// any more: every key is held to have been given ahead the moment before it.
//
// Thread-safe.
class Leases {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Now = std::function<TimePoint()>;

  explicit Leases(LeaseTimes times = {}, Now now = std::chrono::steady_clock::now);

  const LeaseTimes& times() const { return times_; }

  // Keys with ascending ids, that nobody else was given any between: as Vault::mint makes them, or
  // one by itself. Said before they leave.
  void given_ahead(std::string_view first_id, std::string_view last_id);

  // The key is gone from the vault: from now on nobody can be given it.
  void destroyed(const std::string& key_id);

  // A service says that it holds the key no more, and how many sealed parts went; the key is
  // destroyed.
  void confirm(const std::string& holder, const std::string& key_id, uint64_t removed);

  // What the service has confirmed of a key that is destroyed, or nothing where every lease of it
  // is over. Waits for that until times().confirming after the destruction, once for all keys and
  // services that are waited for. HOLDER_AWAY: it may be in use there.
  Result<uint64_t> dropped(const std::string& holder, const std::string& key_id);

  // Spans of ids that are remembered, for tests.
  std::size_t spans() const;

 private:
  struct Span {
    Uuid last;
    TimePoint until;
  };
  struct Destroyed {
    TimePoint seen_at;      // destroyed by then
    TimePoint waited_from;  // the same by the machine's own clock
    std::map<std::string, uint64_t> confirmed;
  };

  Destroyed& note(const std::string& key_id);
  void forget_some_spans(TimePoint now);
  TimePoint free_from(const std::string& key_id, TimePoint destroyed_by) const;

  const LeaseTimes times_;
  const Now now_;
  const TimePoint started_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Uuid, Span> ahead_;  // by first id; no two overlap
  std::map<std::string, Destroyed> destroyed_;
};

// A service that is a process of its own. `leases` outlives it.
class LeasedHolder final : public Holder {
 public:
  LeasedHolder(std::string name, Leases& leases) : name_(std::move(name)), leases_(leases) {}

  std::string name() const override { return name_; }
  Result<uint64_t> erase(const std::string& key_id) override;
  log::EventLog* log() override { return nullptr; }

 private:
  const std::string name_;
  Leases& leases_;
};

}  // namespace mash::vault
