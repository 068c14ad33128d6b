#include "bench/load.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <semaphore>
#include <thread>

namespace mash::bench {
namespace {

constexpr int kCallers = 2;

}  // namespace

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

double append_many(BenchLog& log, uint64_t first, uint64_t events, int in_flight) {
  // Four notes a notebook, far apart: streams are both new and known. Forty events a case.
  const uint64_t notebooks = events / 4;
  std::vector<std::string> cases(1 + events / 40);
  for (auto& case_id : cases) case_id = log.keys().fresh_key_id().value();
  std::atomic<uint64_t> failed{0};
  const auto start = std::chrono::steady_clock::now();
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

double append_one_p50_us(BenchLog& log, uint64_t first, int events) {
  const auto case_id = log.keys().fresh_key_id().value();
  std::vector<double> took;
  for (int i = 0; i < events; ++i) {
    const auto command = note_command(first + static_cast<uint64_t>(i), case_id, kEventBytes);
    std::binary_semaphore answered(0);
    const auto start = std::chrono::steady_clock::now();
    log::handle<log::testing::Notebook>(*log, command.call, command.target, command.request,
                                        [&](const Result<log::Appended>&) { answered.release(); });
    answered.acquire();
    took.push_back(seconds_since(start) * 1e6);
  }
  return median(std::move(took));
}

}  // namespace mash::bench
