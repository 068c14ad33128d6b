#include "merkle/tlog_proof.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "merkle/testing/damage.h"
#include "merkle/testing/reference_tree.h"

namespace mash::merkle {
namespace {

constexpr const char* kOrigin = "mash/E09000001/referral/1";

const SigningKey& log_key() {
  static const SigningKey kKey = *SigningKey::generate(kOrigin);
  return kKey;
}
std::vector<VerifierKey> keys() { return {log_key().verifier()}; }

// The proof of "record <index>" in the tree of some_leaves(size).
TlogProof proof_of(std::size_t index, std::size_t size) {
  const auto leaves = testing::some_leaves(size);
  const Checkpoint checkpoint{kOrigin, size, testing::reference_root(leaves)};
  return {index, testing::reference_path(index, leaves), *sign_checkpoint(checkpoint, log_key()),
          ""};
}

std::string reason(const Result<ProvenRecord>& proven) {
  return proven ? "" : proven.error().reason;
}

TEST(TlogProof, ProvesItsRecordAndNoOther) {
  const std::string file = proof_of(5, 11).str();
  const auto proven = verify_tlog_proof(file, "record 5", keys());
  ASSERT_TRUE(proven);
  EXPECT_EQ(proven->index, 5U);
  EXPECT_EQ(proven->checkpoint.origin, kOrigin);
  EXPECT_EQ(proven->checkpoint.size, 11U);
  EXPECT_EQ(reason(verify_tlog_proof(file, "record 6", keys())), "PROOF_MISMATCH");
  EXPECT_EQ(reason(verify_tlog_proof(file, "record 5", {})), "NOTE_UNVERIFIED");
}

TEST(TlogProof, HasTheFormOfTheSpecification) {
  const TlogProof proof = proof_of(1, 2);
  const std::string file = proof.str();
  EXPECT_TRUE(file.starts_with("c2sp.org/tlog-proof@v1\nindex 1\n"));
  EXPECT_TRUE(file.ends_with("=\n\n" + proof.checkpoint));
  TlogProof with_extra = proof;
  with_extra.extra = "more";
  EXPECT_TRUE(with_extra.str().starts_with("c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nindex 1\n"));
  EXPECT_EQ(TlogProof::parse(with_extra.str()), with_extra);
  EXPECT_TRUE(verify_tlog_proof(with_extra.str(), "record 1", keys()));
}

RC_GTEST_PROP(TlogProof, IsReadAsWrittenAndHolds, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 80);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  TlogProof proof = proof_of(index, size);
  proof.extra = *rc::gen::arbitrary<std::string>();
  RC_ASSERT(TlogProof::parse(proof.str()) == proof);
  RC_ASSERT(verify_tlog_proof(proof.str(), "record " + std::to_string(index), keys()).has_value());
}

TEST(TlogProof, IsRefusedWithAnyDamage) {
  for (const std::size_t size : {1U, 7U}) {
    const std::string file = proof_of(0, size).str();
    for (const std::string& damaged : testing::every_damage(file)) {
      ASSERT_FALSE(verify_tlog_proof(damaged, "record 0", keys())) << damaged;
    }
  }
}

TEST(TlogProof, IsReadInNoOtherForm) {
  const std::string file = proof_of(2, 3).str();
  const std::size_t body = file.find("index");
  const std::string header = file.substr(0, body);
  const std::string rest = file.substr(body);
  const std::string after_index = rest.substr(rest.find('\n'));
  ASSERT_TRUE(TlogProof::parse(header + "index 2" + after_index));
  const std::vector<std::string> others{header + "extra \n" + rest,
                                        header + "extra\n" + rest,
                                        header + "extra bW9yZR==\n" + rest,
                                        header + "extra bW9y\nextra bW9y\n" + rest,
                                        header + "\n" + rest,
                                        rest,
                                        header,
                                        header + "index 02" + after_index,
                                        header + "index  2" + after_index,
                                        header + "index" + after_index,
                                        header + "index -1" + after_index,
                                        header + "Index 2" + after_index,
                                        header + "index 3" + after_index,
                                        header + "index 0" + after_index,
                                        header + "index 9223372036854775808" + after_index,
                                        header + "index 2 " + after_index,
                                        "c2sp.org/tlog-proof@v2\n" + rest,
                                        header + "index 2\nAAAA" + after_index,
                                        header + "index 2\n" + rest};
  for (const std::string& text : others) {
    const auto parsed = TlogProof::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().reason, "PROOF_MALFORMED") << text;
  }
}

TEST(TlogProof, IsRefusedWithAHashTooManyOrTooFew) {
  TlogProof proof = proof_of(2, 7);
  proof.hashes.push_back(proof.hashes.front());
  EXPECT_EQ(TlogProof::parse(proof.str()).error().reason, "PROOF_MALFORMED");
  proof.hashes.resize(proof.hashes.size() - 2);
  EXPECT_EQ(TlogProof::parse(proof.str()).error().reason, "PROOF_MALFORMED");
}

TEST(TlogProof, IsRefusedWhenItIsTooLong) {
  TlogProof proof = proof_of(0, 1);
  proof.extra.assign(kTlogProofBytesMax, 'x');
  EXPECT_EQ(TlogProof::parse(proof.str()).error().reason, "PROOF_MALFORMED");
}

}  // namespace
}  // namespace mash::merkle
