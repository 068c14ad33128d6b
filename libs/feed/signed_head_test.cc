#include "feed/signed_head.h"

#include <gtest/gtest.h>

#include <vector>

#include "merkle/checkpoint.h"
#include "merkle/note.h"

namespace mash::feed {
namespace {

using merkle::Checkpoint;
using merkle::SigningKey;

const std::string kLog = "mash/E10000013/referral";

// The key that the log's owner signs with, named after the log and no epoch.
const SigningKey& owner() {
  static const SigningKey kKey = SigningKey::generate(kLog).value();
  return kKey;
}

merkle::Hash root_of(uint64_t size) {
  merkle::Hash root{};
  root.fill(static_cast<uint8_t>(size));
  return size == 0 ? merkle::empty_root() : root;
}

Checkpoint at(uint64_t size, uint64_t epoch = 1, const std::string& log = kLog) {
  return {.origin = log + "/" + std::to_string(epoch), .size = size, .root = root_of(size)};
}

// Signed as its log's owner does: under the key, named after the origin.
std::string signed_by(const SigningKey& key, const Checkpoint& checkpoint) {
  return merkle::sign_checkpoint(checkpoint, key.named(checkpoint.origin).value()).value();
}

Result<SignedHead> opened(const std::string& note) {
  return open_head(note, kLog, owner().verifier());
}
// Why it is not; empty: it is.
std::string refusal(const std::string& note) {
  const auto head = opened(note);
  return head ? std::string() : head.error().reason;
}

TEST(AHead, IsWhatItsOwnerSignedInWhicheverEpoch) {
  for (const uint64_t epoch : {1U, 2U, 40U})
    for (const uint64_t size : {0U, 1U, 7U}) {
      const auto head = opened(signed_by(owner(), at(size, epoch)));
      ASSERT_TRUE(head.has_value()) << head.error().message;
      EXPECT_EQ(head->epoch, epoch);
      EXPECT_EQ(head->size, size);
      EXPECT_EQ(head->root, root_of(size));
    }
}

// Which follows which is asked of the trees, by who has both.
TEST(AHead, ThatIsOlderOrTheSameOpensLikeAny) {
  const std::string newer = signed_by(owner(), at(7, 2));
  ASSERT_EQ(refusal(newer), "");
  EXPECT_EQ(opened(signed_by(owner(), at(3, 2)))->size, 3U);
  EXPECT_EQ(opened(signed_by(owner(), at(9, 1)))->epoch, 1U);
  EXPECT_EQ(opened(newer)->size, 7U);
}

TEST(AHead, OpensUnderTheOwnersKeyWhicheverEpochThatIsNamedAfter) {
  const auto named = owner().verifier().named(kLog + "/1").value();
  const auto head = open_head(signed_by(owner(), at(7, 3)), kLog, named);
  ASSERT_TRUE(head.has_value()) << head.error().message;
  EXPECT_EQ(head->epoch, 3U);
}

TEST(AHead, IsNotWhatAnotherKeySigned) {
  const SigningKey other = SigningKey::generate(kLog).value();
  EXPECT_EQ(refusal(signed_by(other, at(7))), "NOTE_UNVERIFIED");
  const auto both =
      std::vector{other.named(at(7).origin).value(), owner().named(at(7).origin).value()};
  EXPECT_EQ(refusal(merkle::sign_note(at(7).text(), both).value()), "") << "the owner too";
}

TEST(AHead, IsNotWhatItsOwnerSignedUnderTheNameOfAnotherLogOrEpoch) {
  for (const std::string& name : {kLog, kLog + "/2", std::string("mash/E10000013/sharing/1")}) {
    const std::vector keys{owner().named(name).value()};
    EXPECT_EQ(refusal(merkle::sign_note(at(7).text(), keys).value()), "NOTE_UNVERIFIED") << name;
  }
}

TEST(AHead, IsNotAnotherLogs) {
  for (const char* other :
       {"mash/E10000013/sharing", "mash/E10000014/referral", "mash/E10000013/referrals"})
    EXPECT_EQ(refusal(signed_by(owner(), at(7, 1, other))), "CHECKPOINT_ORIGIN") << other;
}

TEST(AHead, IsOfALogInAnEpoch) {
  Checkpoint checkpoint = at(7);
  for (const std::string& origin :
       {kLog, kLog + "/0", kLog + "/one", kLog + "/1/1", std::string("elsewhere")}) {
    checkpoint.origin = origin;
    EXPECT_EQ(refusal(signed_by(owner(), checkpoint)), "ORIGIN_MALFORMED") << origin;
  }
}

TEST(AHead, IsAWholeCheckpoint) {
  const std::vector keys{owner().named(at(7).origin).value()};
  for (const std::string& text :
       {std::string("what it is not\n"), at(7).origin + "\n7\n", at(7).text() + "one line more\n",
        at(7).origin + "\nseven\n" + at(7).text().substr(at(7).origin.size() + 3)})
    EXPECT_EQ(refusal(merkle::sign_note(text, keys).value()), "CHECKPOINT_MALFORMED") << text;
}

TEST(AHead, ThatIsTornIsNone) {
  const std::string note = signed_by(owner(), at(7));
  for (std::size_t length = 0; length < note.size(); ++length)
    EXPECT_NE(refusal(note.substr(0, length)), "") << length;
  EXPECT_EQ(refusal(""), "NOTE_MALFORMED");
  EXPECT_EQ(refusal(at(7).text()), "NOTE_MALFORMED") << "nobody signed it";
}

TEST(AHead, ThatWasChangedAnywhereIsNone) {
  const std::string note = signed_by(owner(), at(7));
  for (std::size_t i = 0; i < note.size(); ++i) {
    std::string changed = note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_NE(refusal(changed), "") << i;
  }
  std::string larger = note;
  larger.replace(larger.find("\n7\n"), 3, "\n8\n");
  EXPECT_EQ(refusal(larger), "SIGNATURE_INVALID");
}

}  // namespace
}  // namespace mash::feed
