#include "log/list_scan.h"

#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <semaphore>

#include "log/testing/temp_log.h"

namespace mash::log {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the notebooks of these tests
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr int kNotebooks = 2'300;  // more than two pages hold

// Notebooks of priorities 1, 2 and 3 in turn.
void write_notebooks(TempLog& log, int first, int last) {
  const std::string case_id = log.fresh_case();
  std::atomic<int> failed = 0;
  std::counting_semaphore<> done(0);
  for (int i = first; i < last; ++i)
    write_note_async(*log,
                     {.stream = "notebook/" + std::to_string(i),
                      .case_id = case_id,
                      .priority = 1 + static_cast<uint32_t>(i % 3)},
                     [&](const Result<Appended>& appended) {
                       if (!appended) ++failed;
                       done.release();
                     });
  for (int i = first; i < last; ++i) done.acquire();
  ASSERT_EQ(failed, 0);
}

// How often it met each row's columns, and in how many steps.
struct Met {
  std::map<std::string, int> columns;
  int rows = 0;
  int steps = 0;
};

Met scan(ListScan scan) {
  Met met;
  while (true) {
    const auto more = scan.step([&](const std::string& columns) {
      ++met.columns[columns];
      ++met.rows;
      return true;
    });
    EXPECT_TRUE(more.has_value());
    ++met.steps;
    if (!more || !*more) return met;
  }
}

TEST(ListScan, MeetsEveryRowOfEachPartOnceOverHoweverManyPages) {
  TempLog log;
  write_notebooks(log, 0, kNotebooks);
  const uint64_t size = log->size();
  write_notebooks(log, kNotebooks, kNotebooks + 10);
  const auto whole = scan({*log, "notebooks", size, {ListScan::Part{}}});
  EXPECT_EQ(whole.rows, kNotebooks) << "and none that came later";
  EXPECT_GE(whole.steps, 3);
  const auto parts = scan(
      {*log,
       "notebooks",
       size,
       {{.order_from = "\x03", .order_below = {}}, {.order_from = {}, .order_below = "\x02"}}});
  EXPECT_EQ(parts.rows, 767 + 766) << "without those of priority 2";
  EXPECT_THAT(parts.columns, ElementsAre(Pair("1", parts.rows))) << "each at its first version";
}

TEST(ListScan, OfNothingIsOver) {
  TempLog log;
  EXPECT_EQ(scan({*log, "notebooks", 0, {}}).rows, 0);
  EXPECT_EQ(scan({*log, "notebooks", 0, {ListScan::Part{}}}).steps, 1);
}

TEST(ListScan, RefusesARowThatCannotBeRead) {
  TempLog log;
  write_notebooks(log, 0, 1);
  ListScan scan(*log, "notebooks", log->size(), {ListScan::Part{}});
  const auto refused = scan.step([](const std::string&) { return false; });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "VIEW_MALFORMED");
}

}  // namespace
}  // namespace mash::log
