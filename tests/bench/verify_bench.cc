// How fast a log is verified: every record, commitment, tile and root recomputed, the index
// compared.
#include <chrono>
#include <cstdlib>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"
#include "log/verify.h"

namespace mash::bench {
namespace {

int run(uint64_t events) {
  BenchLog log(bench_directory() / "verify");
  append_many(log, 0, events, 256);
  std::vector<double> rates;
  for (int round = 0; round < 3; ++round) {
    const auto start = std::chrono::steady_clock::now();
    const auto report = log::verify(*log, {.threads = 2});
    if (!report || !report->intact()) {
      std::fprintf(
          stderr, "the log did not verify: %s\n",
          report ? report->faults.front().message.c_str() : report.error().message.c_str());
      return 1;
    }
    rates.push_back(static_cast<double>(report->head.size) / seconds_since(start));
  }
  report("verify, two threads", median(rates), "records/s", "at least 400000");
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  return mash::bench::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 400'000);
}
