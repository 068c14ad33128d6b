#include "log/head_file.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <fstream>

#include "vault/testing/temp_vault.h"

namespace mash::log {
namespace {

class HeadFileTest : public ::testing::Test {
 protected:
  HeadFile open() { return HeadFile::open(*rocksdb::Env::Default(), folder_.path()).value(); }
  Result<std::optional<Head>> read() {
    return HeadFile::read(*rocksdb::Env::Default(), folder_.path());
  }

  void flip(std::streamoff offset) {
    std::fstream file(folder_.path() / "head", std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(offset);
    const int byte = file.get();
    file.seekp(offset);
    file.put(static_cast<char>(byte ^ 1));
  }

  static Head head(uint64_t size) {
    return {.epoch = 1, .size = size, .root = merkle::leaf_hash(std::to_string(size))};
  }

  vault::testing::TempFolder folder_;
};

TEST_F(HeadFileTest, IsEmptyWhenNew) {
  EXPECT_EQ(open().newest(), std::nullopt);
  EXPECT_EQ(read().value(), std::nullopt);
}

TEST_F(HeadFileTest, KeepsTheNewestHead) {
  {
    auto file = open();
    for (uint64_t size = 1; size <= 5; ++size) ASSERT_TRUE(file.write(head(size)).has_value());
  }
  EXPECT_EQ(open().newest(), head(5));
}

TEST_F(HeadFileTest, ATornWriteLeavesTheHeadBefore) {
  {
    auto file = open();
    ASSERT_TRUE(file.write(head(1)).has_value());  // slot 1
    ASSERT_TRUE(file.write(head(2)).has_value());  // slot 0
  }
  flip(30);
  EXPECT_EQ(read().value(), head(1));
}

TEST_F(HeadFileTest, EveryFlippedByteOfBothSlotsIsNoticed) {
  {
    auto file = open();
    ASSERT_TRUE(file.write(head(1)).has_value());
    ASSERT_TRUE(file.write(head(2)).has_value());
  }
  flip(4'096 + 50);
  for (std::streamoff offset = 0; offset < 100; ++offset) {
    flip(offset);
    EXPECT_EQ(read().error().reason, "HEAD_FILE_DAMAGED") << "at byte " << offset;
    flip(offset);
  }
  EXPECT_EQ(read().value(), head(2));
}

TEST_F(HeadFileTest, ADamagedFileIsPutAsideOnlyForRecovery) {
  {
    ASSERT_TRUE(open().write(head(1)).has_value());
  }
  flip(4'096 + 50);
  EXPECT_EQ(HeadFile::open(*rocksdb::Env::Default(), folder_.path()).error().reason,
            "HEAD_FILE_DAMAGED");
  const auto replaced = HeadFile::replace(*rocksdb::Env::Default(), folder_.path());
  ASSERT_TRUE(replaced.has_value());
  EXPECT_EQ(replaced->newest(), std::nullopt);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "head.damaged"));
}

}  // namespace
}  // namespace mash::log
