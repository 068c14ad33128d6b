#include "merkle/signing_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "merkle/testing/damage.h"

namespace mash::merkle {
namespace {

// A folder of its own for each test, gone with it.
class KeyFile : public ::testing::Test {
 public:
  ~KeyFile() override { std::filesystem::remove_all(folder_); }

 protected:
  KeyFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mash-key-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }

  std::filesystem::path path(std::string_view name = "key") const { return folder_ / name; }
  std::string contents() const {
    std::ostringstream text;
    text << std::ifstream(path()).rdbuf();
    return text.str();
  }
  void write(const std::string& text, mode_t mode = 0600) const {
    std::ofstream(path(), std::ios::trunc) << text;
    ASSERT_EQ(::chmod(path().c_str(), mode), 0);
  }
  std::string refusal() const {
    const auto key = SigningKey::load(path());
    return key ? "" : key.error().reason;
  }

  std::filesystem::path folder_;
};

SigningKey new_key(std::string name = "mash/E09000001/referral/1") {
  return *SigningKey::generate(std::move(name));
}

TEST(SigningKey, SignsWhatItsVerifierAccepts) {
  const SigningKey key = new_key();
  const std::string signature = key.sign("text\n");
  EXPECT_EQ(signature.size(), 64U);
  EXPECT_EQ(signature, key.sign("text\n"));
  EXPECT_TRUE(key.verifier().verify("text\n", signature));
  EXPECT_FALSE(key.verifier().verify("text", signature));
  EXPECT_FALSE(new_key().verifier().verify("text\n", signature));
  for (const std::string& damaged : testing::every_damage(signature)) {
    ASSERT_FALSE(key.verifier().verify("text\n", damaged));
  }
}

TEST(SigningKey, HasANameFitForNotes) {
  for (const char* name : {"", "a b", "a+b", "a\nb"}) {
    EXPECT_EQ(SigningKey::generate(name).error().reason, "KEY_NAME_INVALID") << name;
    EXPECT_EQ(new_key().named(name).error().reason, "KEY_NAME_INVALID") << name;
  }
}

TEST(SigningKey, UnderAnotherNameIsTheSameSecretWithAnotherId) {
  const SigningKey first = new_key("mash/E09000001/referral/1");
  const auto second = first.named("mash/E09000001/referral/2");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->verifier(), first.verifier().named("mash/E09000001/referral/2"));
  EXPECT_NE(second->verifier().id(), first.verifier().id());
  EXPECT_EQ(second->sign("text\n"), first.sign("text\n"));
}

TEST(VerifierKey, IsReadAsWritten) {
  const VerifierKey key = new_key().verifier();
  EXPECT_TRUE(key.str().starts_with("mash/E09000001/referral/1+"));
  EXPECT_EQ(VerifierKey::parse(key.str()), key);
}

// A flipped bit of the name or the key no longer fits the hash between them.
TEST(VerifierKey, IsRefusedWithAnyDamage) {
  for (const std::string& damaged : testing::every_damage(new_key().verifier().str())) {
    const auto key = VerifierKey::parse(damaged);
    ASSERT_FALSE(key) << damaged;
    ASSERT_EQ(key.error().reason, "KEY_MALFORMED");
  }
}

TEST_F(KeyFile, IsReadableByItsOwnerOnlyWhateverTheUmask) {
  const SigningKey key = new_key();
  const mode_t before = ::umask(0);
  const auto saved = key.save(path());
  ::umask(before);
  ASSERT_TRUE(saved);
  struct stat status{};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  const auto loaded = SigningKey::load(path());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->verifier(), key.verifier());
  EXPECT_EQ(loaded->sign("text\n"), key.sign("text\n"));
}

TEST_F(KeyFile, IsNeverOverwrittenAndLeavesNothingBesideIt) {
  ASSERT_TRUE(new_key().save(path()));
  const std::string first = contents();
  EXPECT_EQ(new_key().save(path()).error().reason, "KEY_FILE_EXISTS");
  EXPECT_EQ(contents(), first);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  EXPECT_EQ(new_key().save(path("no/such/folder")).error().reason, "KEY_FILE_UNWRITABLE");
}

TEST_F(KeyFile, IsRefusedWhenOthersMayReadOrWriteIt) {
  ASSERT_TRUE(new_key().save(path()));
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0644U, 0666U, 0777U}) {
    ASSERT_EQ(::chmod(path().c_str(), mode), 0);
    EXPECT_EQ(refusal(), "KEY_FILE_EXPOSED") << std::oct << mode;
  }
  ASSERT_EQ(::chmod(path().c_str(), 0400), 0);
  EXPECT_EQ(refusal(), "");
}

TEST_F(KeyFile, IsRefusedWhenItIsNoPlainFileOrNotThere) {
  EXPECT_EQ(refusal(), "KEY_FILE_UNREADABLE");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(SigningKey::load(path("pipe")).error().reason, "KEY_FILE_EXPOSED");
  EXPECT_EQ(SigningKey::load(folder_).error().reason, "KEY_FILE_EXPOSED");
}

TEST_F(KeyFile, IsRefusedWithAnyDamage) {
  ASSERT_TRUE(new_key().save(path()));
  const std::string text = contents();
  for (const std::string& damaged : testing::every_damage(text)) {
    write(damaged);
    ASSERT_EQ(refusal(), "KEY_MALFORMED") << damaged;
  }
  write(std::string(100000, 'x'));
  EXPECT_EQ(refusal(), "KEY_MALFORMED");
  write("");
  EXPECT_EQ(refusal(), "KEY_MALFORMED");
}

// The secret's text must not leak by way of a refusal.
TEST_F(KeyFile, IsNotQuotedInARefusal) {
  write("PRIVATE+KEY+a+b+c2VjcmV0\n");
  const auto key = SigningKey::load(path());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().message.find("c2VjcmV0"), std::string::npos);
}

}  // namespace
}  // namespace mash::merkle
