#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "log/event_log.h"
#include "log/lookup.h"

namespace mash::vault {

// One who holds what keys have sealed: a service with its log. Asked by the eraser's thread alone.
class Holder {
 public:
  virtual ~Holder() = default;

  virtual std::string name() const = 0;  // "referral"

  // Has it hold the key no more, and remove what that sealed; the key is destroyed in the vault.
  // Returns how many sealed parts went. kUnavailable, HOLDER_AWAY: it is not known yet that it
  // does not; ask again.
  virtual Result<uint64_t> erase(const std::string& key_id) = 0;

  // Its log, where that is in this process; null: it sees to itself.
  virtual log::EventLog* log() = 0;
};

// A service of this process.
class LocalHolder final : public Holder {
 public:
  // Both outlive it. `lookups`: what finds by tokens of what the log holds sealed.
  explicit LocalHolder(log::EventLog& log, std::vector<log::Lookup*> lookups = {})
      : log_(log), lookups_(std::move(lookups)) {}

  std::string name() const override { return log_.options().service; }
  Result<uint64_t> erase(const std::string& key_id) override;
  log::EventLog* log() override { return &log_; }

 private:
  log::EventLog& log_;
  std::vector<log::Lookup*> lookups_;
};

}  // namespace mash::vault
