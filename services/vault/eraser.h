#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "log/handle.h"
#include "mash/vault/v1/vault_service.pb.h"
#include "vault/holder.h"

namespace mash::vault {

class Vault;

// What an eraser works with. Everything outlives it.
struct EraserParts {
  Vault& vault;
  log::EventLog& orders;         // the vault's own log, with DestructionsView
  std::vector<Holder*> holders;  // whoever holds what the vault's keys have sealed
  const Clock& clock;
  std::chrono::milliseconds retry_every{10'000};  // orders that could not be carried out

  // For tests: called at named points of a destruction.
  std::function<void(std::string_view point)> at_point{};
};

// What became of an order to destroy.
struct Erased {
  log::Appended order;
  uint64_t sealed_parts_removed = 0;
};

// Erases, end to end: the order is logged, the key destroyed in the vault and in every key ring,
// what it sealed removed from every log and its files, what was found by it from every look-up,
// and that logged too. Only then is it answered. A holder apart that has said so in the log of
// orders, be it before this start, is not asked again: a destroyed key is given to nobody.
//
// A thread of its own does this, one pass for all orders that wait. At its start it first finishes
// the orders a crash left open, and applies every destruction again to a log that opened a new
// epoch (one that came from a backup, which may hold what was erased since). Thread-safe.
class Eraser {
 public:
  explicit Eraser(EraserParts parts);
  // Finishes the pass under way; what still waits is answered with UNAVAILABLE and done at the next
  // start.
  ~Eraser();
  Eraser(const Eraser&) = delete;
  Eraser& operator=(const Eraser&) = delete;

  // Refuses with KEY_UNKNOWN an id that no key has, and as log::handle does. `done` is called once,
  // from another thread; an error after the order was logged means that it will be finished later,
  // and asking again, under the same or another request id, waits for it.
  using Done = std::function<void(Result<Erased>)>;
  void destroy(const v1::DestroyKeyRequest& request, log::CommandCall call, Done done);

  // A holder that was waited for has said that it holds a key no more: what was left open is tried
  // at once.
  void look_again();

  // Returns when nothing waits, is under way or left open.
  void wait_until_idle();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::vault
