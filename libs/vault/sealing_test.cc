#include "vault/sealing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>

namespace mash::vault {
namespace {

std::string bytes_from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

std::string to_hex(const Hash32& hash) {
  std::string hex;
  for (const uint8_t byte : hash) {
    hex.push_back("0123456789abcdef"[byte >> 4]);
    hex.push_back("0123456789abcdef"[byte & 15]);
  }
  return hex;
}

TEST(Sealing, OpensWhatItSealed) {
  const SecretKey key = SecretKey::random();
  for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 300u, 65'000u}) {
    const std::string text(size, 'x');
    const std::string sealed = seal_with(key, "aad", text);
    EXPECT_EQ(sealed.size(), size + kSealingOverheadBytes);
    const auto opened = open_with(key, "aad", sealed);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(*opened, text);
  }
}

// Test case 16 of the GCM specification (McGrew and Viega), so that others can open our parts.
TEST(Sealing, IsTheStandardsAesGcm) {
  const SecretKey key = SecretKey::from_bytes(
      bytes_from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const std::string aad = bytes_from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string sealed = bytes_from_hex(
      "cafebabefacedbaddecaf888"
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b105682"
      "88"
      "38c5f61e6393ba7a0abcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
  const auto opened = open_with(key, aad, sealed);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(*opened, bytes_from_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a"
                                    "721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"));
}

TEST(Sealing, RefusesAnyChangedByteAndAnyOtherKeyOrPlace) {
  const SecretKey key = SecretKey::random();
  const std::string sealed = seal_with(key, "place", "Ann Other, 3 High Street");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    const auto opened = open_with(key, "place", changed);
    ASSERT_FALSE(opened.has_value()) << "byte " << i;
    EXPECT_EQ(opened.error().code, Code::kDataLoss);
    EXPECT_EQ(opened.error().reason, "SEALED_PART_DAMAGED");
  }
  EXPECT_FALSE(open_with(SecretKey::random(), "place", sealed).has_value());
  EXPECT_FALSE(open_with(key, "elsewhere", sealed).has_value());
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(open_with(key, "place", sealed.substr(0, size)).has_value()) << size;
}

TEST(Sealing, NeverSealsTwiceUnderOneNonce) {
  const SecretKey key = SecretKey::random();
  std::set<std::string> nonces;
  for (int i = 0; i < 10'000; ++i) nonces.insert(seal_with(key, "", "x").substr(0, kNonceBytes));
  EXPECT_EQ(nonces.size(), 10'000u);
}

TEST(Sealing, AForkedChildHasNoncesOfItsOwn) {
  const SecretKey key = SecretKey::random();
  seal_with(key, "", "x");  // random bytes have been fetched ahead
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const std::string sealed = seal_with(key, "", "x");
    _exit(write(ends[1], sealed.data(), kNonceBytes) == static_cast<ssize_t>(kNonceBytes) ? 0 : 1);
  }
  const std::string parents = seal_with(key, "", "x").substr(0, kNonceBytes);
  std::string childs(kNonceBytes, '\0');
  ASSERT_EQ(read(ends[0], childs.data(), kNonceBytes), static_cast<ssize_t>(kNonceBytes));
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_NE(parents, childs);
  close(ends[0]);
  close(ends[1]);
}

TEST(Sealing, TheRecordsAdditionalDataIsUnambiguous) {
  std::set<std::string> all;
  for (const auto& parts : {std::array{"ab", "c", "d"}, std::array{"a", "bc", "d"},
                            std::array{"ab", "", "cd"}, std::array{"", "abc", "d"}})
    all.insert(record_aad(parts[0], parts[1], parts[2]));
  EXPECT_EQ(all.size(), 4u);
}

// The expected values were computed with Python's hashlib and hmac.
TEST(Sealing, CommitmentIsSha256OverTagSaltAndCiphertext) {
  EXPECT_EQ(to_hex(commitment(std::string(kSaltBytes, '\x07'), "sealed bytes")),
            "b5114e67050e7dce4a240349824dd24b8c964c1edf1cfffaccd58dc4d357d888");
}

TEST(Sealing, KeyedDigestIsHmacSha256) {
  const SecretKey key = SecretKey::from_bytes(std::string(kKeyBytes, '\x2a'));
  EXPECT_EQ(to_hex(keyed_digest(key, "nhs-number", "9434765919")),
            "7b4782b0d203026f1d6f9ac58de86387ec947a0fe8da1eeb9736e32a7a54b550");
  EXPECT_NE(keyed_digest(key, "ab", "c"), keyed_digest(key, "a", "bc"));
}

TEST(SecretKey, IsWipedWhenItMovesAway) {
  SecretKey key = SecretKey::random();
  const std::string before(key.bytes());
  const SecretKey moved = std::move(key);
  EXPECT_EQ(moved.bytes(), before);
  EXPECT_EQ(key.bytes(), std::string(kKeyBytes, '\0'));  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace mash::vault
