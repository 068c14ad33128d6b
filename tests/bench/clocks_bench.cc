// How soon a hub says what is due: when ten thousand deadlines fall due in one second, and after a
// restart with a million pending; and how fast due times in working days are found.
// `bench-clocks [pending]` reports lines of JSON.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>
#include <vector>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"
#include "clocks/scheduler.h"
#include "clocks/testing/tasks.h"
#include "core/timestamp.h"

namespace mash::bench {
namespace {

using clocks::testing::Tasks;
using std::chrono::steady_clock;

constexpr int kDue = 10'000;  // in one second
constexpr int kAtOnce = 500;  // streams begun in one append
constexpr auto kPatience = std::chrono::seconds(300);
constexpr int kDates = 2'000'000;

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s: %s\n", result.error().reason.c_str(), result.error().message.c_str());
  std::exit(1);
}

// A log of tasks on a real disk, by a clock that is set.
class TaskLog {
 public:
  explicit TaskLog(std::filesystem::path directory) : directory_(std::move(directory)) {
    std::filesystem::remove_all(directory_);
    vault_ = must(vault::Vault::open({.directory = directory_ / "vault",
                                      .kek_file = directory_ / "keys" / "kek",
                                      .clock = &clock}));
    keys_ = std::make_unique<vault::KeyRing>(*vault_);
    reopen();
  }

  void reopen() {
    log_.reset();
    log::LogOptions options;
    options.directory = directory_ / "log";
    options.area = "E10000013";
    options.service = "bench";
    options.clock = &clock;
    options.keys = keys_.get();
    options.signer = &signer_;
    std::vector<std::unique_ptr<clocks::AlarmedStreams>> streams;
    streams.push_back(std::make_unique<
                      clocks::Alarmed<clocks::testing::v1::TaskEvent, clocks::testing::TaskClocks>>(
        clocks::testing::kTasks));
    options.views.push_back(clocks::alarms_view(std::move(streams), 1));
    log_ = must(log::EventLog::open(std::move(options)));
  }

  Context context() {
    Context context{.actor = clocks::kClockActor, .now = clock.now()};
    context.calendar = &calendar_;
    return context;
  }

  // So many streams that each owe something by a time counted from `start`.
  void begin(int first, int count, Time start) {
    const auto event = clocks::testing::set(clocks::testing::kSlow, start);
    for (int at = first; at < first + count; at += kAtOnce) {
      std::binary_semaphore answered(0);
      log::handle(
          *log_, {.context = context(), .received_at = clock.now()},
          [&](log::UnitOfWork& unit) {
            Result<void> decided;
            for (int i = at; i < std::min(at + kAtOnce, first + count) && decided; ++i)
              decided = unit.decide<Tasks>({.stream = clocks::testing::kTasks + std::to_string(i)},
                                           event);
            return decided;
          },
          [&](const Result<log::Appended>& appended) {
            if (!appended) std::abort();
            answered.release();
          });
      answered.acquire();
    }
  }

  std::unique_ptr<clocks::Scheduler> scheduler() {
    return std::make_unique<clocks::Scheduler>(
        clocks::SchedulerParts{.log = *log_,
                               .clock = clock,
                               .context = [this] { return context(); },
                               .owners = {clocks::owner<Tasks>(clocks::testing::kTasks)}});
  }
  uint64_t size() const { return log_->size(); }
  // Until it holds so many records.
  void wait_for(uint64_t size) const {
    std::mutex mutex;
    std::condition_variable grown;
    const auto tail = log_->tail([&](uint64_t) {
      const std::lock_guard lock(mutex);
      grown.notify_one();
    });
    std::unique_lock lock(mutex);
    grown.wait(lock, [&] { return log_->size() >= size; });
  }

  ManualClock clock{SystemClock().now()};

 private:
  std::filesystem::path directory_;
  Calendar calendar_ = must(Calendar::by_rule());
  merkle::SigningKey signer_ = must(merkle::SigningKey::generate("mash/E10000013/bench"));
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<vault::KeyRing> keys_;
  std::unique_ptr<log::EventLog> log_;
};

// From the second in which they are due until the log holds the last of them; the scheduler sees
// by itself that the time has come.
void ten_thousand_in_a_second(TaskLog& log, Time start) {
  const auto scheduler = log.scheduler();
  if (!scheduler->wait_until_said(kPatience)) std::abort();
  const uint64_t before = log.size();
  log.clock.set(start + std::chrono::hours(3));
  const auto due = steady_clock::now();
  log.wait_for(before + kDue);
  report("clocks/due-10000-lag", seconds_since(due), "s", "at most 1");
}

void restart(TaskLog& log, int pending) {
  log.begin(kDue, pending, log.clock.now() + std::chrono::hours(1'000));
  const int late = 1;
  log.begin(kDue + pending, late, log.clock.now() - std::chrono::hours(3));
  const uint64_t before = log.size();
  const auto start = steady_clock::now();
  log.reopen();
  const auto scheduler = log.scheduler();
  log.wait_for(before + late);
  report("clocks/restart-" + std::to_string(pending) + "-pending", seconds_since(start), "s",
         "at most 2");
  if (!scheduler->wait_until_said(kPatience)) std::abort();
  report("clocks/calendar-looked-through", seconds_since(start), "s");
}

void working_days() {
  const Calendar calendar = must(Calendar::by_rule());
  const Time first = must(from_rfc3339("2026-01-01T10:00:00Z"));
  const auto start = steady_clock::now();
  int64_t sum = 0;
  for (int i = 0; i < kDates; ++i) {
    const auto due =
        add(first + std::chrono::minutes(i), {1 + i % 45, ClockKind::kWorkingDays}, calendar);
    sum += must(due).time_since_epoch().count() % 7;
  }
  const double took = seconds_since(start);
  if (sum == 0) std::abort();
  report("clocks/working-day-dates", kDates / took, "dates/s", "at least 1000000");
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  using namespace mash;         // NOLINT(google-build-using-namespace): a program of its own
  using namespace mash::bench;  // NOLINT(google-build-using-namespace)
  const int pending = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  working_days();
  TaskLog log(bench_directory() / "clocks");
  const Time start = log.clock.now();
  log.begin(0, kDue, start);
  ten_thousand_in_a_second(log, start);
  restart(log, pending);
  return 0;
}
