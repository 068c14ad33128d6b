#pragma once
#include <string>
#include <vector>

#include "feed/origin.h"
#include "log/event_log.h"
#include "log/prover.h"

namespace mash::testing {

// A log's owner in the same process: what the owner's LogService answers (node/remote_log.h).
class LocalOrigin final : public feed::Origin {
 public:
  explicit LocalOrigin(const log::EventLog& log) : log_(log) {}

  Result<std::vector<feed::v1::TopicRecord>> read(std::uint64_t from,
                                                  std::uint64_t limit) override {
    return scan({.from = from, .with_sealed = true}, limit);
  }
  Result<std::vector<feed::v1::TopicRecord>> read_stream(std::string_view stream,
                                                         std::uint64_t from,
                                                         std::uint64_t below) override {
    return scan(
        {.from = from, .as_at_size = below, .with_sealed = true, .stream = std::string(stream)},
        below);
  }
  Result<std::vector<merkle::Hash>> consistency_proof(std::uint64_t from,
                                                      std::uint64_t to) override {
    return log_.prover().proofs().consistency_proof(from, to);
  }
  Result<std::string> checkpoint(std::chrono::milliseconds) override {
    return log_.prover().checkpoint();
  }
  Result<merkle::VerifierKey> verifier(std::chrono::milliseconds) override {
    return log_.prover().verifier();
  }

  // How many records were asked for.
  std::uint64_t records_given() const { return records_given_; }

 private:
  Result<std::vector<feed::v1::TopicRecord>> scan(const log::ScanQuery& query,
                                                  std::uint64_t limit) {
    std::vector<feed::v1::TopicRecord> records;
    return log_
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
  }

  const log::EventLog& log_;
  std::atomic<std::uint64_t> records_given_ = 0;
};

}  // namespace mash::testing
