#include "bench/bench_log.h"

#include <cstdlib>

#include "core/ids.h"
#include "merkle/hash.h"

namespace mash::bench {
namespace {

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s: %s\n", result.error().reason.c_str(), result.error().message.c_str());
  std::exit(1);
}

}  // namespace

std::filesystem::path bench_directory() {
  const char* chosen = std::getenv("MASH_BENCH_DIR");
  return chosen != nullptr ? chosen : "build/bench-data";
}

BenchLog::BenchLog(const std::filesystem::path& directory, bool keep)
    : directory_(directory), signer_(must(merkle::SigningKey::generate("mash/E10000013/bench"))) {
  if (!keep) std::filesystem::remove_all(directory_);
  vault_ = must(vault::Vault::open({.directory = directory_ / "vault",
                                    .kek_file = directory_ / "keys" / "kek",
                                    .clock = &clock_}));
  keys_ = std::make_unique<vault::KeyRing>(*vault_);
  reopen();
}

BenchLog::~BenchLog() = default;

void BenchLog::reopen() {
  log_.reset();
  log::LogOptions options;
  options.directory = directory_ / "log";
  options.area = "E10000013";
  options.service = "bench";
  options.clock = &clock_;
  options.keys = keys_.get();
  options.signer = &signer_;
  options.views.push_back(std::make_unique<log::testing::NotebookList>("first"));
  options.views.push_back(std::make_unique<log::testing::NotebookList>("second"));
  log_ = must(log::EventLog::open(std::move(options)));
}

NoteCommand note_command(uint64_t notebook, const std::string& case_id, size_t event_bytes) {
  static SystemClock clock;
  static IdSource ids(clock);
  const auto request_id = ids.next();
  NoteCommand command;
  command.request.set_priority(static_cast<uint32_t>(notebook % 3));
  command.request.set_text(std::string(event_bytes / 2, 't'));
  command.request.set_ballast(std::string(event_bytes / 2, 'b'));
  command.target = {.stream = "notebook/" + std::to_string(notebook), .case_id = case_id};
  log::RequestKey key;
  const auto rest = merkle::sha256({request_id.text()});
  std::copy_n(request_id.bytes.begin(), 8, key.scope.begin());
  std::copy_n(rest.begin(), 16, key.scope.begin() + 8);
  key.digest = rest;
  command.call = {.context = {.actor = {"police", "pol-01", "p-7", "officer"}, .now = clock.now()},
                  .request = key,
                  .received_at = clock.now()};
  return command;
}

}  // namespace mash::bench
