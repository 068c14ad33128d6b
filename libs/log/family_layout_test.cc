#include "log/family_layout.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table_properties.h>

#include "core/check.h"
#include "log/bytes.h"
#include "vault/testing/temp_vault.h"

namespace mash::log {
namespace {

constexpr size_t kPrefixBytes = 8;
constexpr uint64_t kKeys = 1'000;

std::string key_of(uint64_t prefix, uint64_t rest) {
  std::string key;
  append_u64(key, prefix);
  append_u64(key, rest);
  return key;
}

class FamilyLayout : public ::testing::Test {
 protected:
  void open(Filter filter, bool scattered) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.allow_concurrent_memtable_write = false;
    options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kPrefixBytes));
    lay_out_tables(options, rocksdb::NewLRUCache(1 << 20), filter);
    if (scattered) expect_scattered_keys(options, 128);
    rocksdb::DB* db = nullptr;
    MASH_CHECK(rocksdb::DB::Open(options, folder_.path() / "db", &db).ok());
    db_.reset(db);
  }

  // Bytes of filter in the table that `kKeys` keys make, so many of them under one prefix.
  uint64_t filter_bytes(uint64_t keys_per_prefix) {
    for (uint64_t i = 0; i < kKeys; ++i) put(key_of(i / keys_per_prefix, i));
    MASH_CHECK(db_->Flush({}).ok());
    rocksdb::TablePropertiesCollection tables;
    MASH_CHECK(db_->GetPropertiesOfAllTables(&tables).ok() && tables.size() == 1);
    return tables.begin()->second->filter_size;
  }

  void put(const std::string& key) { MASH_CHECK(db_->Put({}, key, "value").ok()); }
  bool has(const std::string& key) {
    std::string value;
    return db_->Get({}, key, &value).ok();
  }

  vault::testing::TempFolder folder_;
  std::unique_ptr<rocksdb::DB> db_;
};

TEST_F(FamilyLayout, KeepsNoFilterUnlessAskedTo) {
  open(Filter::kNone, false);
  EXPECT_EQ(filter_bytes(1), 0u);
}

TEST_F(FamilyLayout, FiltersKeysWhateverTheirPrefix) {
  open(Filter::kKeys, false);
  EXPECT_GE(filter_bytes(100), kKeys);
}

TEST_F(FamilyLayout, FiltersAPrefixOnceHoweverManyKeysItHas) {
  open(Filter::kPrefixes, false);
  EXPECT_LT(filter_bytes(100), kKeys / 4);
}

TEST_F(FamilyLayout, FindsScatteredKeysInMemoryInTablesAndInMergedOnes) {
  open(Filter::kPrefixes, true);
  for (uint64_t i = 0; i < kKeys; ++i) {
    put(key_of(i * 0x9e3779b97f4a7c15, i));
    if (i % 50 == 0) MASH_CHECK(db_->Flush({}).ok());
  }
  for (uint64_t i = 0; i < kKeys; ++i) {
    EXPECT_TRUE(has(key_of(i * 0x9e3779b97f4a7c15, i)));
    EXPECT_FALSE(has(key_of(i * 0x9e3779b97f4a7c15, i + 1)));
  }
}

}  // namespace
}  // namespace mash::log
