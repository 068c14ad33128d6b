#include "log/prover.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "log/testing/temp_log.h"
#include "merkle/checkpoint.h"
#include "merkle/proof.h"
#include "merkle/tlog_proof.h"
#include "merkle/verify.h"

namespace mash::log {
namespace {

using testing::TempLog;
using testing::write_note;
using testing::write_note_async;

std::vector<merkle::VerifierKey> keys_of(EventLog& log) {
  return {log.prover().verifier().value()};
}

TEST(Prover, SignsOneCheckpointForOneSize) {
  TempLog log;
  const auto case_id = log.fresh_case();
  const auto empty = log->prover().checkpoint().value();
  EXPECT_EQ(merkle::open_checkpoint(empty, keys_of(*log))->size, 0u);
  write_note(*log, {.case_id = case_id}).value();
  const auto first = log->prover().checkpoint().value();
  EXPECT_EQ(log->prover().checkpoint().value(), first);
  const auto opened = merkle::open_checkpoint(first, keys_of(*log)).value();
  EXPECT_EQ(opened.origin, "mash/E10000013/notes/1");
  EXPECT_EQ(opened.size, 1u);
  EXPECT_EQ(opened.root, log->head().root);
}

TEST(Prover, SignsAnEarlierSizeWithTheRootThatItHad) {
  TempLog log;
  const auto case_id = log.fresh_case();
  write_note(*log, {.case_id = case_id}).value();
  const auto root = log->head().root;
  for (int i = 0; i < 300; ++i) write_note(*log, {.case_id = case_id}).value();
  const auto earlier =
      merkle::open_checkpoint(log->prover().checkpoint_at(1).value(), keys_of(*log));
  ASSERT_TRUE(earlier.has_value());
  EXPECT_EQ(earlier->size, 1u);
  EXPECT_EQ(earlier->root, root);
  EXPECT_FALSE(log->prover().checkpoint_at(302).has_value());
}

TEST(Prover, WithoutAKeySignsNothing) {
  TempLog log;
  auto options = log.options();
  options.signer = nullptr;
  ASSERT_TRUE(log.reopen(std::move(options)).has_value());
  EXPECT_EQ(log->prover().checkpoint().error().reason, "NO_SIGNING_KEY");
  EXPECT_EQ(log->prover().checkpoint_at(0).error().reason, "NO_SIGNING_KEY");
  EXPECT_EQ(log->prover().verifier().error().reason, "NO_SIGNING_KEY");
  EXPECT_EQ(log->prover().tlog_proof(0).error().reason, "NO_SIGNING_KEY");
}

TEST(Prover, ProvesEveryRecordAlsoAcrossTiles) {
  TempLog log;
  const auto case_id = log.fresh_case();
  for (int i = 0; i < 258; ++i) write_note(*log, {.case_id = case_id}).value();
  const auto keys = keys_of(*log);
  for (const uint64_t position : {0, 1, 254, 255, 256, 257}) {
    const auto proof = log->prover().tlog_proof(position).value();
    EXPECT_TRUE(merkle::verify_tlog_proof(proof, log->read(position)->leaf, keys).has_value());
    EXPECT_FALSE(
        merkle::verify_tlog_proof(proof, log->read(257 - position)->leaf, keys).has_value());
  }
  EXPECT_FALSE(log->prover().tlog_proof(258).has_value());
}

// Whoever looks while the log grows sees one history: never two roots for a size, and every
// checkpoint grows out of the one before.
TEST(Prover, TellsOneHistoryWhileTheLogGrows) {
  TempLog log;
  const auto case_id = log.fresh_case();
  std::atomic<bool> enough{false};
  std::thread writer([&] {
    for (int i = 0; !enough; ++i)
      write_note(*log, {.stream = "notebook/" + std::to_string(i), .case_id = case_id}).value();
  });
  const auto keys = keys_of(*log);
  std::map<uint64_t, merkle::Hash> roots;
  while (roots.size() < 40) {
    const auto checkpoint =
        merkle::open_checkpoint(log->prover().checkpoint().value(), keys).value();
    const auto [it, is_new] = roots.emplace(checkpoint.size, checkpoint.root);
    EXPECT_EQ(it->second, checkpoint.root) << "two roots for size " << checkpoint.size;
    if (is_new && checkpoint.size > 0) {
      EXPECT_TRUE(log->prover().tlog_proof(checkpoint.size - 1).has_value());
    }
  }
  enough = true;
  writer.join();
  for (auto a = roots.upper_bound(0), b = std::next(a); b != roots.end(); ++a, ++b) {
    const auto proof = log->prover().proofs().consistency_proof(a->first, b->first).value();
    EXPECT_TRUE(
        merkle::verify_consistency(a->first, b->first, proof, a->second, b->second).has_value());
  }
}

}  // namespace
}  // namespace mash::log
