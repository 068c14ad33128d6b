#include "log/opening.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "log/testing/temp_log.h"

namespace mash::log {
namespace {
namespace fs = std::filesystem;

using testing::TempLog;
using testing::write_note;

class Opening : public ::testing::Test {
 protected:
  void write_notes(int count) {
    for (int i = 0; i < count; ++i) write_note(*log_, {.case_id = case_}).value();
  }
  void write_head(const Head& head) {
    auto file = HeadFile::open(*rocksdb::Env::Default(), log_.directory()).value();
    ASSERT_TRUE(file.write(head).has_value());
  }
  std::optional<Head> head_in_file() {
    return HeadFile::read(*rocksdb::Env::Default(), log_.directory()).value();
  }
  std::string refusal() {
    const auto opened = log_.reopen();
    return opened ? "opened" : opened.error().reason;
  }

  TempLog log_;
  const std::string case_ = log_.fresh_case();
};

TEST_F(Opening, ANewLogIsEmptyInItsFirstEpoch) {
  const Head first{.epoch = 1, .size = 0, .root = merkle::empty_root()};
  EXPECT_EQ(log_->head(), first);
  EXPECT_EQ(head_in_file(), first);
  EXPECT_EQ(refusal(), "opened");
}

TEST_F(Opening, FindsTheHeadItHadWhenItClosed) {
  for (const int more : {1, 255, 1, 43}) {  // open edges of every kind, and a full tile
    write_notes(more);
    const auto head = log_->head();
    ASSERT_EQ(refusal(), "opened");
    EXPECT_EQ(log_->head(), head);
    EXPECT_EQ(head_in_file(), head);
  }
}

TEST_F(Opening, AHeadFileThatIsBehindCatchesUp) {
  write_notes(3);
  const auto older = log_->head();
  write_notes(3);
  const auto newer = log_->head();
  log_.close();
  write_head(older);
  EXPECT_EQ(refusal(), "opened");
  EXPECT_EQ(head_in_file(), newer);
}

TEST_F(Opening, AStoreBehindItsHeadFileIsRefused) {
  write_notes(3);
  auto ahead = log_->head();
  log_.close();
  ahead.size += 1;
  write_head(ahead);
  EXPECT_EQ(refusal(), "LOG_BEHIND_HEAD");
  ahead.size -= 2;
  ahead.epoch = 2;
  write_head(ahead);
  EXPECT_EQ(refusal(), "LOG_BEHIND_HEAD") << "an older epoch, whatever its size";
}

TEST_F(Opening, AStoreWithOtherRecordsThanAcknowledgedIsRefused) {
  write_notes(3);
  auto other = log_->head();
  log_.close();
  other.root[0] ^= 1;
  write_head(other);
  EXPECT_EQ(refusal(), "HEAD_MISMATCH");
}

TEST_F(Opening, AStoreThatDoesNotLeadToItsRootIsRefused) {
  write_notes(3);
  {
    auto& store = log_->store();
    auto leaf = store.leaf(1).value();
    leaf.back() = static_cast<char>(leaf.back() ^ 1);
    ASSERT_TRUE(store.db().Put({}, store.family(kRecords), position_key(1), leaf).ok());
  }
  EXPECT_EQ(refusal(), "ROOT_MISMATCH");
}

TEST_F(Opening, AMissingHeadFileIsRefusedOnceSomethingWasWritten) {
  log_.close();
  fs::remove(log_.directory() / "head");
  EXPECT_EQ(refusal(), "opened") << "nothing was ever acknowledged";
  write_notes(1);
  log_.close();
  fs::remove(log_.directory() / "head");
  EXPECT_EQ(refusal(), "HEAD_FILE_DAMAGED");
}

TEST_F(Opening, AStoreThatIsGoneBesideItsHeadFileIsRefused) {
  write_notes(1);
  log_.close();
  for (const auto& entry : fs::directory_iterator(log_.directory()))
    if (entry.path().filename() != "head") fs::remove(entry.path());
  EXPECT_EQ(refusal(), "STORE_INCOMPLETE");
}

TEST_F(Opening, ALogInUseIsRefused) {
  EXPECT_EQ(EventLog::open(log_.options()).error().reason, "LOG_IN_USE");
}

}  // namespace
}  // namespace mash::log
