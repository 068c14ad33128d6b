// What a long history costs: the same log at a hundred thousand events and at ten million.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"

namespace mash::bench {
namespace {

constexpr uint64_t kShort = 100'000;
constexpr int kSingles = 2'000;

double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  return 0;
}

int run(uint64_t events) {
  BenchLog log(bench_directory() / "history");
  append_many(log, 0, kShort, 256);
  const double short_us = append_one_p50_us(log, events, kSingles);
  const double rate = append_many(log, kShort, events - kShort, 256);
  const double long_us = append_one_p50_us(log, 2 * events, kSingles);
  report("durable append, sustained to " + std::to_string(events) + " events", rate, "events/s",
         "at least 45000");
  report("resident memory at " + std::to_string(events) + " events", resident_mib(), "MiB",
         "at most 512");
  report("append p50 at " + std::to_string(kShort) + " events", short_us, "us");
  report("append p50 at " + std::to_string(events) + " events", long_us, "us");
  report("append p50, long history / short", long_us / short_us, "ratio", "at most 1.3");
  log.close();
  const auto start = std::chrono::steady_clock::now();
  log.reopen();
  report("opening " + std::to_string(events) + " events", seconds_since(start), "s", "at most 1");
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  return mash::bench::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000);
}
