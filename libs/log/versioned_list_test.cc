#include "log/versioned_list.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <rocksdb/write_batch.h>

#include <map>
#include <memory>
#include <stdexcept>

#include "log/testing/view_store.h"

namespace mash::log {
namespace {

using List = std::map<std::string, std::string>;

// Stops a test from a helper; a failure that goes on would be reported for each change after it.
void require(const Result<void>& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

// One list in both forms: the real one, and as a plain map for every size it ever had.
class Pair {
 public:
  Pair(testing::TemporaryViewStore& store, ListSlot slot, ListTuning tuning)
      : store_(store), slot_(slot), tuning_(tuning) {
    restart();
  }

  void put(const std::string& key, const std::string& value) {
    const auto found = now_.find(key);
    std::optional<size_t> replaced;
    if (found != now_.end()) replaced = found->second.size();
    require(writer_->put(key, value, replaced, size()));
    now_[key] = value;
    history_.push_back(now_);
  }
  void remove(const std::string& key) {
    const auto found = now_.find(key);
    if (found != now_.end()) {
      require(writer_->remove(key, found->second.size(), size()));
      now_.erase(found);
    }
    history_.push_back(now_);
  }
  void commit() {
    if (size() == committed_) return;
    rocksdb::WriteBatch batch;
    require(writer_->write_to(batch, size() - 1));
    ASSERT_TRUE(store_.db().Write({}, &batch).ok());
    committed_ = size();
    next_node_ = writer_->next_node();
  }
  void restart() {
    writer_ = std::make_unique<ListWriter>(store_.list(slot_), next_node_, tuning_);
  }
  void trim(size_t bytes) { writer_->trim(bytes); }

  uint64_t size() const { return history_.size() - 1; }
  uint64_t committed() const { return committed_; }
  const List& model(uint64_t size) const { return history_[size]; }
  const List& now() const { return now_; }
  ListSlot slot() const { return slot_; }
  NodeId next_node() const { return next_node_; }

  // All rows from `key` on, as at `size`.
  List read(uint64_t size, const std::string& key = {}) const {
    ListReader reader(store_.list(slot_), size);
    List rows;
    auto status = reader.seek(key);
    for (; status && reader.valid(); status = reader.next())
      rows.emplace_hint(rows.end(), reader.row().key, reader.row().value);
    require(status);
    return rows;
  }
  List model_from(uint64_t size, const std::string& key) const {
    const auto& all = model(size);
    return {all.lower_bound(key), all.end()};
  }

 private:
  testing::TemporaryViewStore& store_;
  ListSlot slot_;
  ListTuning tuning_;
  NodeId next_node_ = 0;
  std::unique_ptr<ListWriter> writer_;
  List now_;
  std::vector<List> history_{{}};
  uint64_t committed_ = 0;
};

std::string key_of(int number) {
  const std::string digits = std::to_string(number);
  return std::string(6 - digits.size(), '0') + digits;
}

// One store for all tests, since opening one takes long; each list has a slot of its own.
testing::TemporaryViewStore& store() {
  static testing::TemporaryViewStore store(64 << 10);
  return store;
}
ListSlot next_slot = 1;

Pair new_list(ListTuning tuning = {}) { return {store(), next_slot++, tuning}; }

// Small enough that a few hundred changes make several levels and many keyframes.
ListTuning any_tuning() {
  return {.node_rows_max = *rc::gen::element<size_t>(4, 5, 8, 16),
          .node_bytes_max = *rc::gen::element<size_t>(40, 200, 16'384),
          .merge_share = *rc::gen::element<size_t>(2, 3, 8),
          .chain_entries_max = *rc::gen::inRange<size_t>(1, 6),
          .chain_bytes_min = *rc::gen::element<size_t>(0, 60, 4'096)};
}

void change(Pair& pair, int keys, int how) {
  const int number = *rc::gen::inRange(0, keys);
  if (how < 6) {
    pair.put(key_of(number),
             std::string(*rc::gen::inRange<size_t>(0, 30), 'v') + std::to_string(pair.size()));
  } else if (how < 9) {
    pair.remove(key_of(number));
  } else {
    pair.put(key_of(1'000 + static_cast<int>(pair.size())), "in order");
  }
}

RC_GTEST_PROP(VersionedList, ReadsAsAtEverySizeWhatItHeldThen, ()) {
  Pair list = new_list(any_tuning());
  const int keys = *rc::gen::element(3, 40, 400);
  const int most = *rc::gen::element(10, 60, 250);  // how many changes
  const int removing = *rc::gen::inRange(0, 10);    // 9: mostly
  while (list.size() < static_cast<uint64_t>(most)) {
    for (int left = *rc::gen::element(1, 1, 1, 2, 5, 40); left > 0; --left)
      change(list, keys, *rc::gen::inRange(0, 10 + removing) % 10);
    list.commit();
    const int next = *rc::gen::inRange(0, 10);
    if (next == 0) list.restart();
    if (next == 1) list.trim(*rc::gen::element<size_t>(0, 2'000));
    const auto past = *rc::gen::inRange<uint64_t>(0, list.size() + 1);
    RC_ASSERT(list.read(past) == list.model(past));
  }
  for (uint64_t size = 0; size <= list.size(); ++size) {
    RC_ASSERT(list.read(size) == list.model(size));
    const auto key = key_of(*rc::gen::inRange(0, keys + 1));
    RC_ASSERT(list.read(size, key) == list.model_from(size, key));
  }
}

RC_GTEST_PROP(VersionedList, EmptiesAndFillsAgain, ()) {
  Pair list = new_list(any_tuning());
  for (int round = 0; round < 2; ++round) {
    const int rows = *rc::gen::inRange(1, 150);
    const int commit_every = *rc::gen::element(1, 7, 1'000);
    for (int i = 0; i < rows; ++i) {
      list.put(key_of(*rc::gen::inRange(0, 300)), "row");
      if (i % commit_every == 0) list.commit();
    }
    list.commit();
    while (!list.now().empty()) {
      const auto index = *rc::gen::inRange<size_t>(0, list.now().size());
      list.remove(std::next(list.now().begin(), static_cast<std::ptrdiff_t>(index))->first);
      if (static_cast<int>(list.size()) % commit_every == 0) list.commit();
    }
    list.commit();
    RC_ASSERT(list.read(list.size()).empty());
  }
  for (uint64_t size = 0; size <= list.size(); ++size)
    RC_ASSERT(list.read(size) == list.model(size));
}

TEST(VersionedList, IsEmptyBeforeItsFirstChange) {
  const Pair list = new_list();
  EXPECT_TRUE(list.read(0).empty());
  EXPECT_TRUE(list.read(7).empty());
}

TEST(VersionedList, ShowsNothingOfACommitBeyondTheSizeReadAsAt) {
  Pair list = new_list();
  for (int i = 0; i < 1'000; ++i) list.put(key_of(i), "v");  // one commit: splits, and splits again
  list.commit();
  for (const uint64_t size : {0, 1, 127, 128, 129, 500, 999, 1'000})
    EXPECT_EQ(list.read(size), list.model(size)) << size;
}

TEST(VersionedList, TakesRowsLargerThanAPage) {
  Pair list = new_list();
  for (int i = 0; i < 20; ++i) {
    list.put(key_of(i), std::string(40'000, static_cast<char>('a' + i)));
    list.put(key_of(100 + i), "small");
    list.commit();
  }
  for (uint64_t size = 0; size <= list.size(); ++size)
    EXPECT_EQ(list.read(size), list.model(size)) << size;
}

TEST(VersionedList, KeepsRowsThatComeInOrderInFullPages) {
  for (const bool ascending : {true, false}) {
    ListWriter list(store().list(next_slot++), 0);
    for (uint64_t i = 0; i < 10'000; ++i) {
      const int number = static_cast<int>(i);
      require(list.put(key_of(ascending ? number : 99'999 - number), "row", {}, i));
      if (i % 10 != 9) continue;
      rocksdb::WriteBatch batch;
      require(list.write_to(batch, i));
      ASSERT_TRUE(store().db().Write({}, &batch).ok());
    }
    // Each split takes two ids: about 180. Splitting in halves would take 310.
    EXPECT_LT(list.next_node(), 200u);
  }
}

TEST(VersionedList, ADamagedEntryIsRefusedNotRead) {
  Pair list = new_list();
  for (int i = 0; i < 300; ++i) list.put(key_of(i), "row");
  list.commit();
  const ListStore nodes = store().list(list.slot());
  for (const NodeId node : {NodeId{0}, NodeId{1}, NodeId{2}}) {
    const auto key = node_key(list.slot(), node, list.size() - 1);
    std::string entry;
    ASSERT_TRUE(store().db().Get({}, nodes.nodes, key, &entry).ok());
    for (const size_t length : {size_t{0}, size_t{3}, entry.size() / 2, entry.size() - 1}) {
      ASSERT_TRUE(store().db().Put({}, nodes.nodes, key, entry.substr(0, length)).ok());
      ListReader reader(nodes, list.size());
      auto status = reader.seek(key_of(node == 2 ? 200 : 0));
      ASSERT_FALSE(status) << node << " " << length;
      EXPECT_EQ(status.error().reason, "VIEW_DAMAGED");
    }
    ASSERT_TRUE(store().db().Delete({}, nodes.nodes, key).ok());
    ListReader reader(nodes, list.size());
    if (node != kRootNode) {
      EXPECT_FALSE(reader.seek(key_of(node == 2 ? 200 : 0)));
    }
    ASSERT_TRUE(store().db().Put({}, nodes.nodes, key, entry).ok());
  }
}

TEST(VersionedListErrors, TellADamagedViewFromADiskThatFails) {
  const auto damaged = view_unread(rocksdb::Status::Corruption("checksum")).value();
  EXPECT_EQ(damaged.code, Code::kDataLoss);
  EXPECT_EQ(damaged.reason, "VIEW_DAMAGED");
  const auto failed = view_unread(rocksdb::Status::IOError("read")).value();
  EXPECT_EQ(failed.code, Code::kUnavailable);
  EXPECT_EQ(failed.reason, "STORE_FAILED");
}

}  // namespace
}  // namespace mash::log
