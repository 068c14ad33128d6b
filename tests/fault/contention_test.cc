// Many callers at once on one stream, and one request from many.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "fault/chance.h"
#include "log/testing/temp_log.h"
#include "log/verify.h"

namespace mash::fault {
namespace {

using log::testing::NoteCall;
using log::testing::TempLog;

constexpr int kThreads = 8;

// Every caller sends on until some version was its own or all are gone; all begin with version 0,
// and so most are stale. Exactly one wins each version.
TEST(Contention, OfTwoThousandCallersWithStaleVersionsOneWinsEach) {
  const int callers = static_cast<int>(from_environment("MASH_FAULT_CALLERS", 2'000));
  constexpr uint64_t kVersions = 5;
  TempLog log;
  const auto case_id = log.fresh_case();
  std::mutex mutex;
  std::map<uint64_t, int> winners;  // of each version written
  std::atomic<int> stale{0};
  std::latch all(callers * static_cast<std::ptrdiff_t>(kVersions));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      for (uint64_t version = 0; version < kVersions; ++version)
        for (int caller = thread; caller < callers; caller += kThreads)
          log::testing::write_note_async(
              *log, {.case_id = case_id, .expected_version = version},
              [&](const Result<log::Appended>& result) {
                if (result) {
                  const std::lock_guard lock(mutex);
                  ++winners[result->version];
                } else {
                  EXPECT_TRUE(result.error().reason == "VERSION_CONFLICT" ||
                              result.error().reason == "QUEUE_FULL")
                      << result.error().reason;
                  ++stale;
                }
                all.count_down();
              });
    });
  for (auto& thread : threads) thread.join();
  all.wait();
  const auto history = log->read_stream("notebook/1").value();
  EXPECT_EQ(winners.size(), history.version);
  EXPECT_GE(history.version, 1u);
  for (const auto& [version, count] : winners) EXPECT_EQ(count, 1) << "of version " << version;
  EXPECT_EQ(stale + static_cast<int>(history.version), callers * static_cast<int>(kVersions));
  EXPECT_TRUE(log::verify(*log, {.with_views = true})->intact());
}

// Ten callers send the same hundred requests at once: each has one effect and one answer.
TEST(Contention, TheSameRequestsFromTenCallersHaveOneEffectEach) {
  constexpr int kCallers = 10;
  constexpr int kRequests = 100;
  TempLog log;
  const auto case_id = log.fresh_case();
  std::mutex mutex;
  std::map<int, std::set<std::pair<uint64_t, std::string>>> answers;
  std::latch together(kCallers);
  std::vector<std::thread> threads;
  for (int caller = 0; caller < kCallers; ++caller)
    threads.emplace_back([&] {
      together.arrive_and_wait();
      for (int request = 0; request < kRequests; ++request) {
        const auto id = std::to_string(request);
        const auto appended = log::testing::write_note(
            *log, {.stream = "notebook/" + id, .case_id = case_id, .request_id = id});
        ASSERT_TRUE(appended.has_value()) << appended.error().message;
        const std::lock_guard lock(mutex);
        answers[request].emplace(appended->position, appended->events.at(0).event_id);
      }
    });
  for (auto& thread : threads) thread.join();
  for (const auto& [request, of_it] : answers) EXPECT_EQ(of_it.size(), 1u) << request;
  EXPECT_EQ(log->size(), static_cast<uint64_t>(kRequests));
}

}  // namespace
}  // namespace mash::fault
