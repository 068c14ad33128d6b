#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fault/requests.h"
#include "log/event_log.h"

namespace mash::fault {

// The receipt of one request.
struct Receipt {
  uint64_t position = 0;  // of the last of its events
  std::vector<std::string> event_ids;

  friend bool operator==(const Receipt&, const Receipt&) = default;
};
Receipt receipt_of(const log::Appended& appended);

// What the callers of a log hold in hand: the receipts of the requests that were acknowledged. It
// holds the log to them after each accident. Thread-safe.
class Ledger {
 public:
  void acknowledged(uint64_t number, const Receipt& receipt);
  size_t receipts() const;

  // Everything acknowledged is in the log, at its position under its ids; every request has all its
  // events side by side or none; positions and stream versions have no gaps; `verify` finds nothing
  // wrong, views included. Test failures name what does not hold.
  void check(const log::EventLog& log) const;

  // Sends the requests from `begin` to `end` again, acknowledged or not: each is answered, those
  // that were acknowledged as they were then, and after it each has exactly one effect.
  void settle(log::EventLog& log, const std::string& case_id, uint64_t begin, uint64_t end);

 private:
  mutable std::mutex mutex_;
  std::map<uint64_t, Receipt> receipts_;
};

}  // namespace mash::fault
