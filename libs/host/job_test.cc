#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "host/backup_job.h"
#include "host/verify_job.h"
#include "log/testing/temp_log.h"

namespace mash::host {
namespace {

using log::testing::TempLog;
using log::testing::write_note;

// Somebody who waits for a job, and lets go of it in the call that tells of its end.
template <class Job>
class Waiter {
 public:
  template <class... Args>
  explicit Waiter(const log::EventLog& log, Args... args) {
    auto job = std::make_unique<Job>(log, std::move(args)..., [this] { changed(); });
    job_ = std::move(job);
    made_.set_value();
  }

  // How it ended, told when the job is gone.
  bool succeeded() { return end_.get(); }

 private:
  void changed() {
    is_made_.wait();
    const auto end = end_of(*job_);
    if (!end) return;
    job_.reset();
    // Whoever waits for this may be gone before it is quite told.
    std::promise<bool> ended = std::move(ended_);
    ended.set_value(*end);
  }

  static std::optional<bool> end_of(BackupJob& job) {
    const auto result = job.take_result();
    return result ? std::optional(result->has_value()) : std::nullopt;
  }
  static std::optional<bool> end_of(VerifyJob& job) {
    const auto progress = job.take_progress();
    if (!progress || !progress->report) return std::nullopt;
    return progress->report->has_value() && (*progress->report)->intact();
  }

  std::promise<void> made_;
  std::shared_future<void> is_made_ = made_.get_future().share();
  std::promise<bool> ended_;
  std::future<bool> end_ = ended_.get_future();
  std::unique_ptr<Job> job_;
};

TEST(VerifyJob, MayBeLetGoOfInTheCallThatTellsOfItsEnd) {
  TempLog log;
  write_note(*log, {.case_id = log.fresh_case()}).value();
  Waiter<VerifyJob> waiter(*log, log::VerifyOptions{});
  EXPECT_TRUE(waiter.succeeded());
}

TEST(BackupJob, MayBeLetGoOfInTheCallThatTellsOfItsEnd) {
  TempLog log;
  write_note(*log, {.case_id = log.fresh_case()}).value();
  Waiter<BackupJob> waiter(*log, log.folder() / "backup");
  EXPECT_TRUE(waiter.succeeded());
}

TEST(VerifyJob, IsWaitedForByWhoeverElseLetsGoOfIt) {
  TempLog log;
  write_note(*log, {.case_id = log.fresh_case()}).value();
  std::atomic<int> calls{0};
  {
    const VerifyJob job(*log, {}, [&] { ++calls; });
  }
  EXPECT_GE(calls, 1);  // that of its end, at least
}

}  // namespace
}  // namespace mash::host
