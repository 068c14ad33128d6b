#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <span>
#include <utility>

namespace mash::generator {

// Chance that repeats: the same seed gives the same numbers on every machine and compiler, which
// the standard library's distributions do not promise. Not for several threads at once.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // A whole number from 0 up to but without `limit` (which is above 0). The bias of the remainder
  // is below one in 2^40 for every limit used here.
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }

  // A whole number from `low` to `high`, both included.
  int between(int low, int high) {
    return low + static_cast<int>(below(static_cast<std::size_t>(high - low) + 1));
  }

  // From 0 up to but without 1.
  double fraction() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

  bool chance(double probability) { return fraction() < probability; }

  // One of them, each as likely as the other; there is at least one.
  template <class T, std::size_t N>
  const T& pick(const T (&from)[N]) {
    return from[below(N)];
  }
  template <class T>
  const T& pick(std::span<const T> from) {
    return from[below(from.size())];
  }

  // One of them, each as likely as its weight says.
  template <class T, std::size_t N>
  const T& pick_weighted(const std::pair<T, double> (&from)[N]) {
    double total = 0;
    for (const auto& entry : from) total += entry.second;
    double at = fraction() * total;
    for (const auto& entry : from) {
      at -= entry.second;
      if (at < 0) return entry.first;
    }
    return from[N - 1].first;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace mash::generator
