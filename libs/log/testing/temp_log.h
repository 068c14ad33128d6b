#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "core/ids.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/testing/notebook.h"
#include "merkle/hash.h"
#include "merkle/signing_key.h"
#include "vault/key_ring.h"
#include "vault/testing/temp_vault.h"

namespace mash::log::testing {

// A log with a vault in a temporary folder, which can be closed and opened again: RocksDB there is
// the test double.
class TempLog {
 public:
  TempLog() : ring_(std::make_unique<vault::KeyRing>(*vault_)) {
    EXPECT_TRUE(reopen().has_value());
  }

  LogOptions options() {
    LogOptions options;
    options.directory = directory();
    options.area = "E10000013";
    options.service = "notes";
    options.clock = &clock();
    options.keys = ring_.get();
    options.signer = &signer_;
    options.memtable_bytes = 4 << 20;
    options.block_cache_bytes = 8 << 20;
    options.views.push_back(std::make_unique<NotebookList>());
    return options;
  }

  Result<void> reopen(LogOptions changed) {
    close();
    auto opened = EventLog::open(std::move(changed));
    if (!opened) return tl::unexpected(opened.error());
    log_ = std::move(*opened);
    return {};
  }
  Result<void> reopen() { return reopen(options()); }
  void adopt(std::unique_ptr<EventLog> log) { log_ = std::move(log); }
  void close() { log_.reset(); }

  EventLog& operator*() { return *log_; }
  EventLog* operator->() { return log_.get(); }
  ManualClock& clock() { return vault_.clock; }
  mash::vault::Vault& vault() { return *vault_; }
  mash::vault::KeyRing& keys() { return *ring_; }
  std::filesystem::path folder() const { return vault_.folder(); }
  std::filesystem::path directory() const { return vault_.folder() / "log"; }
  const merkle::SigningKey& signer() const { return signer_; }

  // A case whose content is sealed under a key of its own.
  std::string fresh_case() { return ring_->fresh_key_id().value(); }

 private:
  mash::vault::testing::TempVault vault_;
  std::unique_ptr<mash::vault::KeyRing> ring_;
  merkle::SigningKey signer_ = merkle::SigningKey::generate("mash/E10000013/notes").value();
  std::unique_ptr<EventLog> log_;
};

// One note on its way: what a test wants to vary of a command.
struct NoteCall {
  std::string stream = "notebook/1";
  std::string case_id{};
  std::string text = "A note.";
  uint32_t priority = 1;
  uint32_t notes_max = 0;
  std::string request_id{};
  std::optional<uint64_t> expected_version{};
};

inline RequestKey request_key(const std::string& id, std::string_view body) {
  RequestKey key;
  const auto scope = merkle::sha256({id});
  std::copy_n(scope.begin(), key.scope.size(), key.scope.begin());
  key.digest = merkle::sha256({body});
  return key;
}

inline Actor triage_officer() {
  return {
      .agency = "social-care", .system = "sc-01", .practitioner = "p-7", .role = "triage-officer"};
}

inline void write_note_async(EventLog& log, const NoteCall& note, Completion done) {
  auto request = std::make_shared<v1::WriteNoteRequest>();
  request->set_text(note.text);
  request->set_priority(note.priority);
  request->set_notes_max(note.notes_max);
  CommandCall call{.context = {.actor = triage_officer(), .now = log.options().clock->now()},
                   .expected_version = note.expected_version,
                   .received_at = log.options().clock->now()};
  if (!note.request_id.empty()) call.request = request_key(note.request_id, note.text);
  handle(
      log, std::move(call),
      [request, target = Target{note.stream, note.case_id}](UnitOfWork& unit) {
        return unit.decide<Notebook>(target, *request);
      },
      std::move(done));
}

inline Result<Appended> write_note(EventLog& log, const NoteCall& note) {
  std::promise<Result<Appended>> answered;
  write_note_async(log, note,
                   [&](Result<Appended> result) { answered.set_value(std::move(result)); });
  return answered.get_future().get();
}

// Many records in one append.
inline Result<Appended> write_together(EventLog& log, const std::string& case_id, int records) {
  std::promise<Result<Appended>> answered;
  handle(
      log, {.context = {.actor = triage_officer()}},
      [&](UnitOfWork& unit) {
        Result<void> added;
        for (int i = 0; i < records && added; ++i)
          added = unit.add({"notebook/2", case_id}, v1::NoteEvent());
        return added;
      },
      [&](Result<Appended> result) { answered.set_value(std::move(result)); });
  return answered.get_future().get();
}

}  // namespace mash::log::testing
