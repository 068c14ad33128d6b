#include "log/scan.h"

#include <gtest/gtest.h>

#include "log/store.h"
#include "log/testing/temp_log.h"

namespace mash::log {
namespace {

using testing::TempLog;
using testing::write_note;
using Positions = std::vector<uint64_t>;

class Scan : public ::testing::Test {
 protected:
  // Positions 0, 3, 6... in notebook/a, 1, 4... in b, 2, 5... in c; a and b share a case.
  Scan() {
    for (int i = 0; i < 4; ++i) {
      write_note(*log_, {.stream = "notebook/a", .case_id = first_}).value();
      write_note(*log_, {.stream = "notebook/b", .case_id = first_}).value();
      write_note(*log_, {.stream = "notebook/c", .case_id = second_}).value();
      log_.clock().advance(std::chrono::seconds(10));
    }
  }

  Positions positions(const ScanQuery& query, size_t at_most = SIZE_MAX) {
    Positions found;
    const auto scanned = log_->scan(query, [&](Record&& record) {
      found.push_back(record.prefix.position);
      return found.size() < at_most;
    });
    EXPECT_TRUE(scanned.has_value()) << scanned.error().message;
    return found;
  }

  TempLog log_;
  const std::string first_ = log_.fresh_case();
  const std::string second_ = log_.fresh_case();
};

TEST_F(Scan, EndsWhenItsReaderHasEnough) {
  EXPECT_EQ(positions({}, 2), (Positions{0, 1}));
  EXPECT_EQ(positions({.from = 11, .backwards = true}, 3), (Positions{11, 10, 9}));
  EXPECT_EQ(positions({.stream = "notebook/b"}, 2), (Positions{1, 4}));
}

TEST_F(Scan, BeginsAndEndsWithinTheLog) {
  EXPECT_EQ(positions({.from = 12}), Positions{});
  EXPECT_EQ(positions({.from = 10, .as_at_size = 99}), (Positions{10, 11}));
  EXPECT_EQ(positions({.from = 99, .as_at_size = 2, .backwards = true}), (Positions{1, 0}));
  EXPECT_EQ(positions({.as_at_size = 0}), Positions{});
  EXPECT_EQ(positions({.from = 0, .backwards = true}), Positions{0});
}

TEST_F(Scan, OfACaseTakesAllItsStreams) {
  EXPECT_EQ(positions({.case_id = first_}), (Positions{0, 1, 3, 4, 6, 7, 9, 10}));
  EXPECT_EQ(positions({.from = 4, .backwards = true, .case_id = first_}), (Positions{4, 3, 1, 0}));
  EXPECT_EQ(positions({.stream = "notebook/a", .case_id = second_}), Positions{});
  EXPECT_EQ(positions({.case_id = "no such case"}), Positions{});
}

TEST_F(Scan, YieldsSealedPartsOnlyWhenAsked) {
  for (const bool asked : {false, true})
    for (const auto& stream : {std::string(), std::string("notebook/a")}) {
      const auto scanned =
          log_->scan({.with_sealed = asked, .stream = stream}, [&](Record&& record) {
            EXPECT_EQ(record.sealed.has_value(), asked);
            return true;
          });
      EXPECT_TRUE(scanned.has_value());
    }
}

TEST_F(Scan, AGapIsAnErrorNotASkip) {
  auto& store = log_->store();
  ASSERT_TRUE(store.db().Delete({}, store.family(kRecords), position_key(5)).ok());
  for (const bool backwards : {false, true}) {
    Positions seen;
    const auto scanned =
        log_->scan({.from = backwards ? 11u : 0u, .backwards = backwards}, [&](Record&& record) {
          seen.push_back(record.prefix.position);
          return true;
        });
    EXPECT_EQ(scanned.error().code, Code::kDataLoss);
    EXPECT_EQ(seen.back(), backwards ? 6u : 4u);
  }
  EXPECT_EQ(log_->scan({.case_id = second_}, [](Record&&) { return true; }).error().code,
            Code::kDataLoss);
}

TEST_F(Scan, AStreamIsReadFromAVersionAndAsAtASize) {
  EXPECT_EQ(log_->read_stream("notebook/a")->version, 4u);
  const auto late = log_->read_stream("notebook/a", 3).value();
  ASSERT_EQ(late.records.size(), 2u);
  EXPECT_EQ(late.records[0].prefix.stream_version, 3u);
  const auto then = log_->read_stream("notebook/a", 1, 6).value();
  EXPECT_EQ(then.version, 2u);
  EXPECT_EQ(then.read_size, 6u);
  EXPECT_EQ(log_->read_stream("notebook/none")->version, 0u);
}

TEST_F(Scan, AnIndexEntryThatNamesAnotherRecordIsRefused) {
  auto& store = log_->store();
  ASSERT_TRUE(
      store.db()
          .Put({}, store.family(kIndex), stream_key(hash_stream("notebook/a"), 2), position_key(4))
          .ok());
  EXPECT_EQ(log_->read_stream("notebook/a").error().reason, "INDEX_MISMATCH");
}

TEST_F(Scan, ATimeFindsTheSizeTheLogHad) {
  const auto start = log_->read(0)->prefix.recorded_at;
  EXPECT_EQ(log_->size_at(start - std::chrono::microseconds(1)).value(), 0u);
  EXPECT_EQ(log_->size_at(start).value(), 3u) << "several at one time lie below it together";
  EXPECT_EQ(log_->size_at(start + std::chrono::seconds(19)).value(), 6u);
  EXPECT_EQ(log_->size_at(Time::max()).value(), 12u);
}

}  // namespace
}  // namespace mash::log
