#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "policy/map_reader.h"

namespace mash::policy {

// The words of a choice in a pack's file, and what each means.
template <class Choice, std::size_t N>
using Choices = std::array<std::pair<std::string_view, Choice>, N>;

// Which of them stands under `key`. Any other word is a fault, and read as the first.
template <class Choice, std::size_t N>
Choice choice(MapReader& entry, std::string_view key, const Choices<Choice, N>& choices) {
  const std::string word = entry.text(key);
  const auto found = std::ranges::find(choices, std::string_view(word),
                                       &std::pair<std::string_view, Choice>::first);
  if (found != choices.end()) return found->second;
  std::string all;
  for (const auto& [name, value] : choices) all += (all.empty() ? "" : ", ") + std::string(name);
  if (!word.empty()) entry.fault(key, "must be one of: " + all);
  return choices.front().second;
}

}  // namespace mash::policy
