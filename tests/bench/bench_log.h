#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "core/clock.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/testing/notebook.h"
#include "merkle/signing_key.h"
#include "vault/key_ring.h"
#include "vault/vault.h"

namespace mash::bench {

// A log on a real disk with everything on: sealing, two views, signing.
class BenchLog {
 public:
  // The directory is made anew, unless `keep` says to open what is there.
  explicit BenchLog(const std::filesystem::path& directory, bool keep = false);
  ~BenchLog();

  log::EventLog& operator*() { return *log_; }
  log::EventLog* operator->() { return log_.get(); }
  vault::KeyRing& keys() { return *keys_; }
  void close() { log_.reset(); }
  void reopen();

 private:
  std::filesystem::path directory_;
  SystemClock clock_;
  merkle::SigningKey signer_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<vault::KeyRing> keys_;
  std::unique_ptr<log::EventLog> log_;
};

// A command that writes a note into notebook `notebook`.
struct NoteCommand {
  log::testing::v1::WriteNoteRequest request;
  log::Target target;
  log::CommandCall call;
};
NoteCommand note_command(uint64_t notebook, const std::string& case_id, size_t event_bytes);

// Where benches write: MASH_BENCH_DIR, or build/bench-data.
std::filesystem::path bench_directory();

}  // namespace mash::bench
