#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.h"
#include "log/event_log.h"
#include "merkle/signing_key.h"
#include "vault/key_ring.h"
#include "vault/vault.h"

namespace mash::fault {

// Where a log under test and the vault that seals it lie.
struct Place {
  std::filesystem::path log;
  std::filesystem::path vault;
  std::filesystem::path kek;
  std::string case_id;  // whose key seals every note
};

// An opened vault, and how a log over it is opened: with small memtables, so that flushes and
// compactions happen among few records, and a view.
class Workshop {
 public:
  explicit Workshop(Place place);

  log::LogOptions options() const;
  const Place& place() const { return place_; }
  vault::KeyRing& keys() const { return *keys_; }

 private:
  Place place_;
  SystemClock clock_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<vault::KeyRing> keys_;
  merkle::SigningKey signer_;
};

// Makes the vault of a place in `folder`, with the key of one case in it.
Place make_place(const std::filesystem::path& folder);

// A second place with the same keys for another process; the log is the same.
Place copy_for_another_process(const Place& place, const std::filesystem::path& folder);

// Sends request `number`: one note in each of two notebooks, in one append. What it writes depends
// on the number alone, and the records bear it in plain.
void send(log::EventLog& log, const std::string& case_id, uint64_t number, log::Completion done);
Result<log::Appended> send_and_wait(log::EventLog& log, const std::string& case_id,
                                    uint64_t number);

// The request a record was written by; nothing for the log's own records.
std::optional<uint64_t> number_of(const log::Record& record);

}  // namespace mash::fault
