// How fast events become durable, with everything on: request and version checks, sealing, hashing,
// tiles, two views, the head file and two syncs; against a bare append and fdatasync of the same
// bytes.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <semaphore>
#include <thread>
#include <vector>

#include "bench/bench_log.h"
#include "bench/report.h"

namespace mash::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kEventBytes = 512;
constexpr int kCallers = 2;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// Appends `events` with so many in flight; events a second.
double throughput(BenchLog& log, uint64_t first, uint64_t events, int in_flight) {
  // Four notes a notebook, far apart: streams are both new and known. Forty events a case.
  const uint64_t notebooks = events / 4;
  std::vector<std::string> cases(1 + events / 40);
  for (auto& case_id : cases) case_id = log.keys().fresh_key_id().value();
  std::atomic<uint64_t> failed{0};
  const auto start = Clock::now();
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller)
    callers.emplace_back([&, caller] {
      std::counting_semaphore<> free(in_flight / kCallers);
      for (uint64_t number = static_cast<uint64_t>(caller); number < events; number += kCallers) {
        free.acquire();
        auto command = std::make_shared<NoteCommand>(note_command(
            first + number % notebooks, cases[number % notebooks % cases.size()], kEventBytes));
        log::handle<log::testing::Notebook>(*log, command->call, command->target, command->request,
                                            [&, command](Result<log::Appended> result) {
                                              if (!result) ++failed;
                                              free.release();
                                            });
      }
      for (int i = 0; i < in_flight / kCallers; ++i) free.acquire();
    });
  for (auto& caller : callers) caller.join();
  if (failed != 0) {
    std::fprintf(stderr, "%llu appends failed\n", static_cast<unsigned long long>(failed.load()));
    std::exit(1);
  }
  return static_cast<double>(events) / seconds_since(start);
}

double one_in_flight_us(BenchLog& log, uint64_t first, int events) {
  const auto case_id = log.keys().fresh_key_id().value();
  std::vector<double> took;
  for (int i = 0; i < events; ++i) {
    const auto command = note_command(first + static_cast<uint64_t>(i), case_id, kEventBytes);
    std::binary_semaphore answered(0);
    const auto start = Clock::now();
    log::handle<log::testing::Notebook>(*log, command.call, command.target, command.request,
                                        [&](const Result<log::Appended>&) { answered.release(); });
    answered.acquire();
    took.push_back(seconds_since(start) * 1e6);
  }
  return median(std::move(took));
}

double bare_sync_us(const std::filesystem::path& directory, int times) {
  const int file = ::open((directory / "bare").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  const std::string bytes(kEventBytes, 'x');
  std::vector<double> took;
  for (int i = 0; i < times; ++i) {
    const auto start = Clock::now();
    if (::write(file, bytes.data(), bytes.size()) < 0 || ::fdatasync(file) != 0) std::exit(1);
    took.push_back(seconds_since(start) * 1e6);
  }
  ::close(file);
  return median(std::move(took));
}

int run(uint64_t events) {
  BenchLog log(bench_directory() / "append");
  throughput(log, 0, events / 10, 256);  // warm
  uint64_t first = events;
  std::vector<double> rates;
  for (int round = 0; round < 3; ++round, first += events)
    rates.push_back(throughput(log, first, events, 256));
  report("durable append, 256 in flight", median(rates), "events/s", "at least 45000");
  report("durable append, 64 in flight", throughput(log, first, events / 2, 64), "events/s");
  first += events;
  const double bare = bare_sync_us(bench_directory() / "append", 1'000);
  const double one = one_in_flight_us(log, first, 1'000);
  report("bare 512-byte append and fdatasync, p50", bare, "us");
  report("one append in flight, p50", one, "us");
  report("one append in flight / bare append", one / bare, "ratio", "at most 3");
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  return mash::bench::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000);
}
