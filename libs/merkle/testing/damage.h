#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mash::merkle::testing {

// The text with each of its bits flipped in turn, each of its bytes dropped or doubled, each of its
// beginnings, and something after its end: whatever a strict reader must refuse.
inline std::vector<std::string> every_damage(std::string_view text) {
  std::vector<std::string> damaged;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped(text);
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      damaged.push_back(std::move(flipped));
    }
    damaged.emplace_back(text.substr(0, i));
    damaged.push_back(std::string(text.substr(0, i)) + std::string(text.substr(i + 1)));
    damaged.push_back(std::string(text.substr(0, i + 1)) + std::string(text.substr(i)));
  }
  for (const std::string_view more : {"\n", " ", "x", "\r\n", "\n\n"}) {
    damaged.push_back(std::string(text).append(more));
    damaged.push_back(std::string(more).append(text));
  }
  damaged.push_back(std::string(text) + '\0');
  return damaged;
}

}  // namespace mash::merkle::testing
