#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mash::cli {

// How many letters must be typed, dropped, changed or swapped to make one word of the other;
// capitals, '-' and '_' make no difference.
size_t typing_distance(std::string_view a, std::string_view b);

// The words that somebody who typed `word` may have meant, the nearest first; at most three.
std::vector<std::string> near_misses(std::string_view word, const std::vector<std::string>& known);

// "Did you mean `a` or `b`?", or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace mash::cli
