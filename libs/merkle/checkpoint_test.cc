#include "merkle/checkpoint.h"

#include <gtest/gtest.h>

#include "merkle/note.h"
#include "merkle/testing/damage.h"
#include "merkle/tile.h"

namespace mash::merkle {
namespace {

using namespace std::string_literals;

constexpr const char* kOrigin = "mash/E09000001/referral/1";

const SigningKey& log_key() {
  static const SigningKey kKey = *SigningKey::generate(kOrigin);
  return kKey;
}

Checkpoint some_checkpoint() { return {kOrigin, 20852163, leaf_hash("some root")}; }

std::string reason(const Result<Checkpoint>& checkpoint) {
  return checkpoint ? "" : checkpoint.error().reason;
}

TEST(Checkpoint, IsThreeLines) {
  const Checkpoint checkpoint{kOrigin, 0, empty_root()};
  EXPECT_EQ(checkpoint.text(),
            "mash/E09000001/referral/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  EXPECT_EQ(Checkpoint::parse(checkpoint.text()), checkpoint);
}

TEST(Checkpoint, IsOpenedAsSigned) {
  const auto note = sign_checkpoint(some_checkpoint(), log_key());
  ASSERT_TRUE(note);
  EXPECT_EQ(open_checkpoint(*note, std::vector{log_key().verifier()}), some_checkpoint());
}

TEST(Checkpoint, IsRefusedWithAnyDamage) {
  const std::string note = *sign_checkpoint(some_checkpoint(), log_key());
  const std::vector keys{log_key().verifier()};
  for (const std::string& damaged : testing::every_damage(note)) {
    ASSERT_FALSE(open_checkpoint(damaged, keys)) << damaged;
  }
}

TEST(Checkpoint, IsReadInNoOtherForm) {
  const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  ASSERT_TRUE(Checkpoint::parse("o\n5\n" + root));
  for (const std::string& text : {""s,
                                  "o\n"s,
                                  "o\n5\n"s,
                                  "o\n5\n" + root.substr(0, 44),
                                  "\n5\n" + root,
                                  "o\n\n" + root,
                                  "o\n05\n" + root,
                                  "o\n-5\n" + root,
                                  "o\n+5\n" + root,
                                  "o\n5 \n" + root,
                                  "o\n5.0\n" + root,
                                  "o\n9223372036854775808\n" + root,
                                  "o\n5\n" + root + "extension\n",
                                  "o\n5\n" + root + "\n",
                                  "o\n5\n\n" + root,
                                  "o\n5\n" + root.substr(4),
                                  "o\n5\nAAAA" + root,
                                  "o\n5\n"s + "AAAA\n",
                                  "o\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n"s,
                                  "o\t\n5\n" + root,
                                  "o\r\n5\r\n" + root}) {
    EXPECT_EQ(reason(Checkpoint::parse(text)), "CHECKPOINT_MALFORMED") << text;
  }
}

TEST(Checkpoint, OfNoLeavesHasTheRootOfNothing) {
  EXPECT_EQ(sign_checkpoint({kOrigin, 0, leaf_hash("x")}, log_key()).error().reason,
            "CHECKPOINT_MALFORMED");
  EXPECT_TRUE(sign_checkpoint({kOrigin, 0, empty_root()}, log_key()));
}

TEST(Checkpoint, IsNotSignedUnlessItIsTheKeysOwn) {
  EXPECT_EQ(
      sign_checkpoint({"mash/E09000001/referral/2", 1, leaf_hash("x")}, log_key()).error().reason,
      "CHECKPOINT_MALFORMED");
  EXPECT_EQ(sign_checkpoint({kOrigin, kTreeSizeMax + 1, leaf_hash("x")}, log_key()).error().reason,
            "CHECKPOINT_MALFORMED");
}

TEST(Checkpoint, IsAcceptedFromTheLogItNamesOnly) {
  const SigningKey other = *SigningKey::generate("mash/E09000001/sharing/1");
  const std::vector keys{log_key().verifier(), other.verifier()};
  const std::string by_other = *sign_note(some_checkpoint().text(), std::vector{other});
  EXPECT_EQ(reason(open_checkpoint(by_other, keys)), "CHECKPOINT_ORIGIN");
  const std::string by_both = *sign_note(some_checkpoint().text(), std::vector{other, log_key()});
  EXPECT_EQ(open_checkpoint(by_both, keys), some_checkpoint());
}

TEST(Checkpoint, KeepsItsCosignatures) {
  const std::string note = *sign_checkpoint(some_checkpoint(), log_key()) +
                           "\u2014 witness.example AAAAAAAAAAAAAAAAAAAAAAAA\n";
  EXPECT_EQ(open_checkpoint(note, std::vector{log_key().verifier()}), some_checkpoint());
}

TEST(Origin, IsReadAsWritten) {
  const Origin origin{"E09000001", "referral", 3};
  EXPECT_EQ(origin.str(), "mash/E09000001/referral/3");
  EXPECT_EQ(Origin::parse(origin.str()), origin);
}

TEST(Origin, IsOfOneLogThroughItsEpochs) {
  EXPECT_TRUE(same_log("mash/E09000001/referral/1", "mash/E09000001/referral/2"));
  EXPECT_TRUE(same_log("mash/E09000001/referral", "mash/E09000001/referral/2"));
  EXPECT_TRUE(same_log("witness.example/w1", "witness.example/w1"));
  EXPECT_FALSE(same_log("witness.example/1", "witness.example/2"));
  EXPECT_FALSE(same_log("mash/E09000001/referral/1", "mash/E09000001/sharing/1"));
  EXPECT_FALSE(same_log("mash/E09000001/referral/1", "mash/E09000002/referral/1"));
  EXPECT_FALSE(same_log("mash/E09000001", "mash/E09000001/referral/1"));
}

TEST(Origin, IsReadInNoOtherForm) {
  for (const char* text :
       {"", "mash", "mash/", "mash/a", "mash/a/b", "mash/a/b/", "mash/a/b/0", "mash/a/b/01",
        "mash/a/b/1/", "mash/a/b/1/2", "mash//b/1", "mash/a//1", "mash/a b/c/1", "mash/a/b/-1",
        "Mash/a/b/1", "/mash/a/b/1", "mash/a/b/1\n", "mash/\u00e9/b/1", "mash/a+/b/1"}) {
    EXPECT_FALSE(Origin::parse(text)) << text;
  }
}

}  // namespace
}  // namespace mash::merkle
