// How fast events become durable, with everything on: request and version checks, sealing, hashing,
// tiles, two views, the head file and two syncs; against a bare append and fdatasync of the same
// bytes.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <vector>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"

namespace mash::bench {
namespace {

double bare_sync_us(const std::filesystem::path& directory, int times) {
  const int file = ::open((directory / "bare").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  const std::string bytes(kEventBytes, 'x');
  std::vector<double> took;
  for (int i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (::write(file, bytes.data(), bytes.size()) < 0 || ::fdatasync(file) != 0) std::exit(1);
    took.push_back(seconds_since(start) * 1e6);
  }
  ::close(file);
  return median(std::move(took));
}

int run(uint64_t events) {
  BenchLog log(bench_directory() / "append");
  append_many(log, 0, events / 10, 256);  // warm
  uint64_t first = events;
  std::vector<double> rates;
  for (int round = 0; round < 3; ++round, first += events)
    rates.push_back(append_many(log, first, events, 256));
  report("durable append, 256 in flight", median(rates), "events/s", "at least 45000");
  report("durable append, 64 in flight", append_many(log, first, events / 2, 64), "events/s");
  first += events;
  const double bare = bare_sync_us(bench_directory() / "append", 1'000);
  const double one = append_one_p50_us(log, first, 1'000);
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
