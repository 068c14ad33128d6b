#include "merkle/note.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "merkle/testing/damage.h"

namespace mash::merkle {
namespace {

const SigningKey& log_key() {
  static const SigningKey kKey = *SigningKey::generate("log.example");
  return kKey;
}
const SigningKey& witness_key() {
  static const SigningKey kKey = *SigningKey::generate("witness.example/w1");
  return kKey;
}

std::string sign(std::string_view text, std::vector<SigningKey> keys) {
  return *sign_note(text, keys);
}

Result<VerifiedNote> open(std::string_view note, const std::vector<SigningKey>& known) {
  std::vector<VerifierKey> keys;
  keys.reserve(known.size());
  for (const SigningKey& key : known) keys.push_back(key.verifier());
  return open_note(note, keys);
}

std::string reason(const Result<VerifiedNote>& opened) {
  return opened ? "" : opened.error().reason;
}

TEST(Note, IsOpenedByThoseWhoKnowASigner) {
  const std::string note = sign("text\n", {log_key(), witness_key()});
  EXPECT_TRUE(note.starts_with("text\n\n\u2014 log.example "));
  const auto both = open(note, {witness_key(), log_key()});
  ASSERT_TRUE(both);
  EXPECT_EQ(both->text, "text\n");
  EXPECT_EQ(both->signers, (std::vector{log_key().verifier(), witness_key().verifier()}));
  EXPECT_EQ(open(note, {log_key()})->signers, std::vector{log_key().verifier()});
  EXPECT_EQ(reason(open(note, {*SigningKey::generate("log.example")})), "NOTE_UNVERIFIED");
  EXPECT_EQ(reason(open(note, {})), "NOTE_UNVERIFIED");
}

TEST(Note, MayHaveEmptyLinesAndLinesLikeSignaturesInItsText) {
  for (const std::string text : {"\n", "a\n\nb\n", "\n\n\n", "a\n\n\u2014 log.example AAAA\n"}) {
    const auto opened = open(sign(text, {log_key()}), {log_key()});
    ASSERT_TRUE(opened) << text;
    EXPECT_EQ(opened->text, text);
  }
}

TEST(Note, IsRefusedWithAnyDamage) {
  const std::string note = sign("mash\n\u00e9\n", {log_key()});
  for (const std::string& damaged : testing::every_damage(note)) {
    ASSERT_FALSE(open(damaged, {log_key()})) << damaged;
  }
}

// With a second signature by a key unknown, damage to that line may pass, damage to the rest not;
// what passes must still be a note in proper form.
TEST(Note, IsRefusedWithAnyDamageButToUnknownSignatures) {
  const std::string alone = sign("mash\n", {log_key()});
  const std::string note = sign("mash\n", {log_key(), witness_key()});
  for (const std::string& damaged : testing::every_damage(note)) {
    if (!open(damaged, {log_key()})) continue;
    ASSERT_TRUE(damaged.starts_with(alone)) << damaged;
    ASSERT_EQ(parse_note(damaged)->str(), damaged);
  }
}

TEST(Note, IsRefusedWhenAKnownKeysSignatureDoesNotHold) {
  const std::string other = sign("another text\n", {log_key()});
  const std::string line = other.substr(other.find("\n\n") + 2);
  const std::string note = sign("text\n", {witness_key()});
  EXPECT_EQ(reason(open(note + line, {log_key(), witness_key()})), "SIGNATURE_INVALID");
  EXPECT_EQ(reason(open(note + line, {log_key()})), "SIGNATURE_INVALID");
  EXPECT_TRUE(open(note + line, {witness_key()}));
}

TEST(Note, CountsASignerOnce) {
  const auto opened = open(sign("text\n", {log_key(), log_key()}), {log_key()});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->signers.size(), 1U);
}

TEST(Note, IgnoresSignaturesOfUnknownKindsAndLengths) {
  const std::string note = sign("text\n", {log_key()});
  for (const char* line :
       {"\u2014 witness.example AAAAAAA=\n",  // four bytes of id, one more
        "\u2014 log.example AAAAAAAA\n",      // the log's name, another id
        "\u2014 pq.example AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"}) {
    EXPECT_TRUE(open(note + line, {log_key()})) << line;
  }
}

TEST(Note, IsRefusedWithMalformedSignatureLinesEvenOfUnknownKeys) {
  const std::string note = sign("text\n", {log_key()});
  for (const char* line :
       {"\u2014 a AAAAAA==\n", "\u2014 a AAAA\n", "\u2014 a \n", "\u2014 a\n", "\u2014  AAAAAAA=\n",
        "\u2014 a  AAAAAAA=\n", "\u2014 a AAAAAAA= \n", "\u2014 a AAAAAAB=\n", "\u2014 a AAAAAAA\n",
        "\u2014 a+b AAAAAAA=\n", "\u2014 a\u00a0b AAAAAAA=\n", "\u2014a AAAAAAA=\n",
        "- a AAAAAAA=\n", "\u2013 a AAAAAAA=\n", "\u2014 a AAAAAAA=", "\u2014 a AAAAAAA=\r\n",
        " \u2014 a AAAAAAA=\n", "\u2014 a AAAA AAA=\n", "x\n"}) {
    EXPECT_EQ(reason(open(note + line, {log_key()})), "NOTE_MALFORMED") << line;
  }
}

TEST(Note, IsRefusedWithoutItsParts) {
  for (const char* note : {"", "\n", "\n\n", "text", "text\n", "text\n\n", "text\n\n\n",
                           "\u2014 a AAAAAAA=\n", "text\n\u2014 a AAAAAAA=\n"}) {
    EXPECT_EQ(reason(open(note, {log_key()})), "NOTE_MALFORMED") << note;
  }
}

TEST(Note, IsSignedOnlyOverProperText) {
  const std::vector<SigningKey> keys{log_key()};
  for (const char* text : {"", "no newline", "tab\t\n", "\xff\n", "carriage\r\n"}) {
    EXPECT_EQ(sign_note(text, keys).error().reason, "NOTE_MALFORMED") << text;
  }
  EXPECT_EQ(sign_note("text\n", {}).error().reason, "NOTE_MALFORMED");
}

TEST(Note, HasItsLimits) {
  std::string note = sign("text\n", {log_key()});
  const std::vector<SigningKey> keys{log_key()};
  for (std::size_t i = 1; i < kNoteSignaturesMax; ++i) note += "\u2014 a AAAAAAA=\n";
  EXPECT_TRUE(open(note, {log_key()}));
  EXPECT_EQ(reason(open(note + "\u2014 a AAAAAAA=\n", {log_key()})), "NOTE_MALFORMED");
  const std::string long_text = std::string(kNoteBytesMax, 'x') + "\n";
  EXPECT_EQ(sign_note(long_text, keys).error().reason, "NOTE_MALFORMED");
  EXPECT_EQ(sign_note(long_text.substr(20), keys).error().reason, "NOTE_MALFORMED");
  EXPECT_EQ(reason(open(long_text + note, {log_key()})), "NOTE_MALFORMED");
}

RC_GTEST_PROP(Note, OfAnyTextIsOpenedAgainOrNotSigned, (const std::string& bytes)) {
  const std::string text = bytes + "\n";
  const auto note = sign_note(text, std::vector{log_key()});
  if (!note) return;
  const auto opened = open(*note, {log_key()});
  RC_ASSERT(opened.has_value());
  RC_ASSERT(opened->text == text);
}

}  // namespace
}  // namespace mash::merkle
