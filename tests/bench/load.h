#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

#include "bench/bench_log.h"

namespace mash::bench {

inline constexpr size_t kEventBytes = 512;

double seconds_since(std::chrono::steady_clock::time_point start);
double median(std::vector<double> values);

// Appends `events` from two threads with so many in flight; returns events a second. `first` is the
// first notebook used: four notes each, far apart, so streams are both new and known; forty events
// a case.
double append_many(BenchLog& log, uint64_t first, uint64_t events, int in_flight);

// Appends `events` one after the other; returns the median of what one took, in microseconds.
double append_one_p50_us(BenchLog& log, uint64_t first, int events);

}  // namespace mash::bench
