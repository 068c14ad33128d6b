#include "merkle/hash.h"

#include <gtest/gtest.h>

#include "merkle/running_sha256.h"

namespace mash::merkle {
namespace {

TEST(Hash, OfNothingIsTheEmptyTreesRoot) {
  EXPECT_EQ(to_hex(empty_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// The values every RFC 6962 implementation gives for the empty leaf and for "L123456" and "N123"
// with "N456".
TEST(Hash, OfLeavesAndNodesIsSeparatedByDomain) {
  EXPECT_EQ(to_hex(leaf_hash("")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(to_hex(leaf_hash("L123456")),
            "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
  EXPECT_EQ(leaf_hash("abc"), sha256({std::string_view("\0abc", 4)}));
  const Hash left = leaf_hash("left");
  const Hash right = leaf_hash("right");
  EXPECT_EQ(node_hash(left, right), sha256({"\x01", bytes_of(left), bytes_of(right)}));
  EXPECT_NE(node_hash(left, right), node_hash(right, left));
}

TEST(Hash, OfPiecesIsThatOfTheWhole) {
  EXPECT_EQ(sha256({"a", "", "bc"}), sha256({"abc"}));
  RunningSha256 running;
  for (const char* piece : {"a", "", "bc"}) running.add(piece);
  EXPECT_EQ(running.finish(), sha256({"abc"}));
  EXPECT_EQ(to_hex(sha256({"abc"})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, IsReadFromExactly32Bytes) {
  const Hash hash = leaf_hash("record");
  EXPECT_EQ(hash_from_bytes(bytes_of(hash)), hash);
  EXPECT_EQ(hash_from_bytes(std::string(31, 'x')).error().reason, "HASH_MALFORMED");
  EXPECT_EQ(hash_from_bytes(std::string(33, 'x')).error().reason, "HASH_MALFORMED");
  EXPECT_EQ(hash_from_bytes("").error().reason, "HASH_MALFORMED");
}

TEST(Hash, SeveralAreReadFromRunsOf32Bytes) {
  const std::vector<Hash> hashes{leaf_hash("1"), leaf_hash("2")};
  EXPECT_EQ(hashes_from_bytes(bytes_of(hashes)), hashes);
  EXPECT_EQ(hashes_from_bytes(""), std::vector<Hash>{});
  EXPECT_EQ(hashes_from_bytes(std::string(65, 'x')).error().reason, "HASH_MALFORMED");
}

TEST(Hash, IsReadFromLowerCaseHexOnly) {
  const Hash hash = leaf_hash("record");
  const std::string hex = to_hex(hash);
  EXPECT_EQ(hash_from_hex(hex), hash);
  EXPECT_FALSE(hash_from_hex(hex.substr(1)));
  EXPECT_FALSE(hash_from_hex(hex + "0"));
  EXPECT_FALSE(hash_from_hex("g" + hex.substr(1)));
  EXPECT_FALSE(hash_from_hex("A" + hex.substr(1)));
  EXPECT_FALSE(hash_from_hex(" " + hex.substr(1)));
}

}  // namespace
}  // namespace mash::merkle
