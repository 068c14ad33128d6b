#pragma once

namespace mash {

// Stops the process: the program is wrong, or went on would mean to lie. Never for bad input, which
// is a Result.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace mash

#define MASH_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::mash::check_failed(#condition, __FILE__, __LINE__))
