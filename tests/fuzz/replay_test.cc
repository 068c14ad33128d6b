// Replays a fuzz target's seeds, and damaged ones, through the target: the part of fuzzing that
// runs with the ordinary tests.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size);

namespace {

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

// Fuzz_note.SurvivesItsSeeds and so on: each target's program has a suite of its own.
#define MASH_SUITE_OF(target) Fuzz_##target
#define MASH_SUITE(target) MASH_SUITE_OF(target)
#define MASH_FUZZ_TEST(suite, name) TEST(suite, name)

MASH_FUZZ_TEST(MASH_SUITE(MASH_TARGET), SurvivesItsSeeds) {
  std::size_t seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MASH_CORPUS)) {
    std::ostringstream seed;
    seed << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    SCOPED_TRACE(entry.path());
    run(seed.str());
    ++seeds;
  }
  EXPECT_GT(seeds, 0U) << "no seeds in " << MASH_CORPUS;
}

MASH_FUZZ_TEST(MASH_SUITE(MASH_TARGET), SurvivesDamagedSeeds) {
  for (const auto& entry : std::filesystem::directory_iterator(MASH_CORPUS)) {
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const std::string seed = text.str();
    SCOPED_TRACE(entry.path());
    for (std::size_t i = 0; i < seed.size(); ++i) {
      std::string flipped = seed;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << i % 8));
      run(flipped);
      run(seed.substr(0, i));
      run(seed.substr(i));
    }
  }
}

}  // namespace
