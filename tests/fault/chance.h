#pragma once
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace mash::fault {

// A number from the environment, for longer or repeated runs: MASH_FAULT_CYCLES, MASH_FAULT_SEED.
inline uint64_t from_environment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

// Chance that can be had again: prints its seed, which MASH_FAULT_SEED sets.
class Chance {
 public:
  Chance() : seed_(from_environment("MASH_FAULT_SEED", std::random_device{}())), engine_(seed_) {
    std::cout << "MASH_FAULT_SEED=" << seed_ << '\n';
  }
  explicit Chance(uint64_t seed) : seed_(seed), engine_(seed) {}

  // 0 to bound - 1.
  uint64_t below(uint64_t bound) {
    return std::uniform_int_distribution<uint64_t>(0, bound - 1)(engine_);
  }
  bool coin() { return below(2) == 0; }
  uint64_t seed() const { return seed_; }

 private:
  uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace mash::fault
