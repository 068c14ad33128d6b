#include "cli/near_miss.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace mash::cli {
namespace {

constexpr size_t kWordBytesMax = 128;  // longer words are not typing errors of anything
constexpr size_t kOfferedMax = 3;

std::string folded(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (c == '_' || c == '-') continue;
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace

size_t typing_distance(std::string_view left, std::string_view right) {
  const std::string a = folded(left);
  const std::string b = folded(right);
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::vector<std::string> near_misses(std::string_view word, const std::vector<std::string>& known) {
  if (word.empty() || word.size() > kWordBytesMax) return {};
  const size_t distance_max = std::max<size_t>(1, word.size() / 3);
  const std::string meant = folded(word);
  std::vector<std::pair<size_t, std::string>> found;
  for (const std::string& candidate : known) {
    size_t distance = typing_distance(word, candidate);
    // Half a name is how people remember long ones.
    const bool within = meant.size() >= 4 && folded(candidate).find(meant) != std::string::npos;
    if (within) distance = std::min(distance, distance_max);
    if (distance <= distance_max) found.emplace_back(distance, candidate);
  }
  std::sort(found.begin(), found.end());
  if (found.size() > kOfferedMax) found.resize(kOfferedMax);
  std::vector<std::string> out;
  for (auto& [distance, candidate] : found) out.push_back(std::move(candidate));
  return out;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string> offered = near_misses(word, known);
  if (offered.empty()) return {};
  std::string out = "Did you mean ";
  for (size_t i = 0; i < offered.size(); ++i) {
    if (i > 0) out += i + 1 == offered.size() ? " or " : ", ";
    out += "'" + offered[i] + "'";
  }
  return out + "?";
}

}  // namespace mash::cli
