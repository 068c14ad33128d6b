#pragma once
#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "feed/origin.h"
#include "log/event_log.h"
#include "log/prover.h"

namespace mash::testing {

// A log's owner in the same process: what the owner's LogService answers (node/remote_log.h).
class LocalOrigin final : public feed::Origin {
 public:
  explicit LocalOrigin(const log::EventLog& log) : log_(&log) {}

  // It stops, and is asked in vain; it has started again, with this log.
  void goes_away() { has(nullptr); }
  void is_back_with(const log::EventLog& log) { has(&log); }

  Result<std::vector<feed::v1::TopicRecord>> read(uint64_t from, uint64_t limit) override {
    return scan({.from = from, .with_sealed = true}, limit);
  }
  Result<std::vector<feed::v1::TopicRecord>> read_stream(std::string_view stream, uint64_t from,
                                                         uint64_t below) override {
    return scan(
        {.from = from, .as_at_size = below, .with_sealed = true, .stream = std::string(stream)},
        below);
  }
  Result<std::vector<merkle::Hash>> consistency_proof(uint64_t from, uint64_t to) override {
    return asked([&](const log::EventLog& log) {
      return log.prover().proofs().consistency_proof(from, to);
    });
  }
  Result<std::string> checkpoint(std::chrono::milliseconds) override {
    ++checkpoints_given_;
    return asked([](const log::EventLog& log) { return log.prover().checkpoint(); });
  }
  Result<merkle::VerifierKey> verifier(std::chrono::milliseconds) override {
    return asked([](const log::EventLog& log) -> Result<merkle::VerifierKey> {
      return log.prover().verifier();
    });
  }

  // How many records were asked for.
  uint64_t records_given() const { return records_given_; }
  // How often for its checkpoint: whoever begins to follow asks for it.
  uint64_t checkpoints_given() const { return checkpoints_given_; }

 private:
  void has(const log::EventLog* log) {
    const std::lock_guard lock(mutex_);
    log_ = log;
  }
  template <class Answer>
  auto asked(const Answer& answer) -> decltype(answer(std::declval<const log::EventLog&>())) {
    const std::lock_guard lock(mutex_);
    if (log_ == nullptr)
      return refuse(Code::kUnavailable, "ORIGIN_UNAVAILABLE", "The log's owner is away.");
    return answer(*log_);
  }

  Result<std::vector<feed::v1::TopicRecord>> scan(const log::ScanQuery& query, uint64_t limit) {
    return asked([&](const log::EventLog& log) {
      std::vector<feed::v1::TopicRecord> records;
      return log
          .scan(query,
                [&](log::Record&& record) {
                  if (records.size() >= limit) return false;
                  records.emplace_back().set_record(record.leaf);
                  if (record.sealed) *records.back().mutable_sealed() = *record.sealed;
                  return true;
                })
          .map([&] {
            records_given_ += records.size();
            return std::move(records);
          });
    });
  }

  std::mutex mutex_;
  const log::EventLog* log_;
  std::atomic<uint64_t> records_given_ = 0;
  std::atomic<uint64_t> checkpoints_given_ = 0;
};

}  // namespace mash::testing
