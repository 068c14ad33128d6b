#include "log/store.h"

#include <gtest/gtest.h>

#include "vault/testing/temp_vault.h"

namespace mash::log {
namespace {

class StoreTest : public ::testing::Test {
 protected:
  void open() {
    store_.reset();
    store_ = Store::open(options()).value();
  }
  StoreOptions options() const {
    return {.directory = folder_.path() / "log",
            .block_cache_bytes = 1 << 20,
            .memtable_bytes = 1 << 20};
  }
  void put(Family family, const std::string& key, const std::string& value) {
    ASSERT_TRUE(store_->db().Put({}, store_->family(family), key, value).ok());
  }

  vault::testing::TempFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, IsOnlyMadeWhenAskedTo) {
  auto existing = options();
  existing.create = false;
  EXPECT_EQ(Store::open(existing).error().reason, "LOG_MISSING");
  open();
  EXPECT_EQ(store_->name().value(), "");
  EXPECT_EQ(store_->head().value(), std::nullopt);
  EXPECT_EQ(Store::open(existing).error().reason, "LOG_IN_USE");
  store_.reset();
  EXPECT_TRUE(Store::open(existing).has_value());
}

TEST_F(StoreTest, KeepsItsHeadAndName) {
  open();
  const Head head{.epoch = 3, .size = 1'000, .root = merkle::leaf_hash("root")};
  rocksdb::WriteBatch batch;
  Store::put_head(batch, store_->family(kMeta), head);
  ASSERT_TRUE(store_->db().Write({}, &batch).ok());
  ASSERT_TRUE(store_->put_name("mash/E10000013/notes").has_value());
  open();
  EXPECT_EQ(store_->head().value(), head);
  EXPECT_EQ(store_->name().value(), "mash/E10000013/notes");
}

TEST_F(StoreTest, RefusesAHeadOrARequestOfAnotherLength) {
  open();
  put(kMeta, "head", "short");
  EXPECT_EQ(store_->head().error().reason, "STORE_CORRUPT");
  const RequestKey key;
  put(kRequests, std::string(key.scope.size(), '\0'), "short");
  EXPECT_EQ(store_->request(key).error().reason, "STORE_CORRUPT");
}

TEST_F(StoreTest, ReadsARequestBack) {
  open();
  RequestKey key;
  key.scope.fill(7);
  EXPECT_EQ(store_->request(key).value(), std::nullopt);
  RequestEntry entry{.first = 5, .count = 2, .version = 9, .digest = {}};
  entry.digest.fill(3);
  put(kRequests, std::string(key.scope.size(), '\7'), encode_request(entry));
  const auto read = store_->request(key).value();
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->first, 5u);
  EXPECT_EQ(read->count, 2u);
  EXPECT_EQ(read->version, 9u);
  EXPECT_EQ(read->digest, entry.digest);
}

TEST_F(StoreTest, FindsAStreamsNewestVersionAmongItsNeighbours) {
  open();
  for (const auto& stream : {"a", "b", "c"}) {
    EXPECT_EQ(store_->stream_version(hash_stream(stream)).value(), 0u);
    for (uint64_t version = 1; version <= 300; ++version)
      put(kIndex, stream_key(hash_stream(stream), version), position_key(version * 10));
  }
  for (const bool from_files : {false, true}) {
    if (from_files) {
      ASSERT_TRUE(store_->flush().has_value());
    }
    EXPECT_EQ(store_->stream_version(hash_stream("b")).value(), 300u);
    EXPECT_EQ(store_->stream_version(hash_stream("d")).value(), 0u);
    const auto entries = store_->stream_entries("b", 299, UINT64_MAX).value();
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].version, 299u);
    EXPECT_EQ(entries[1].position, 3'000u);
    EXPECT_EQ(store_->stream_entries("b", 1, 31)->size(), 3u);
  }
}

TEST_F(StoreTest, KeysSortAsTheirNumbersDo) {
  EXPECT_LT(position_key(255), position_key(256));
  EXPECT_LT(tile_key({.level = 0, .index = 70'000}), tile_key({.level = 1, .index = 0}));
  const auto stream = hash_stream("s");
  EXPECT_LT(stream_key(stream, 2), stream_key(stream, 1)) << "the newest version comes first";
  EXPECT_LT(scope_key(stream, 1), scope_key(stream, 256));
}

TEST_F(StoreTest, WhatIsNotThereIsAnErrorWhereItMustBe) {
  open();
  EXPECT_EQ(store_->leaf(0).error().reason, "STORE_INCOMPLETE");
  EXPECT_EQ(store_->full_tile({.level = 0, .index = 0}).error().reason, "STORE_INCOMPLETE");
  EXPECT_EQ(store_->sealed(0).value(), std::nullopt);
  EXPECT_FALSE(store_->erased("a key").value());
}

TEST_F(StoreTest, ARecordThatStandsElsewhereIsRefused) {
  open();
  auto leaf = encode_body({});
  put_prefix(leaf, {.epoch = 1, .position = 4, .stream_version = 1});
  put(kRecords, position_key(5), leaf);
  EXPECT_EQ(store_->record(5, false).error().reason, "RECORD_MISPLACED");
  put(kSealed, position_key(5), "\xff");
  EXPECT_EQ(store_->sealed(5).error().reason, "SEALED_PART_MALFORMED");
}

}  // namespace
}  // namespace mash::log
