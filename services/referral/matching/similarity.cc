#include "referral/matching/similarity.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace mash::referral::matching {
namespace {

constexpr double kPrefixScale = 0.1;
constexpr std::size_t kPrefixMax = 4;

// The letters of each that have a partner in the other, not further apart than half of the longer.
struct Partners {
  std::vector<char> of_one;
  std::vector<char> of_other;
};

Partners partners(std::string_view one, std::string_view other) {
  const std::size_t longer = std::max(one.size(), other.size());
  const std::size_t reach = longer / 2 == 0 ? 0 : longer / 2 - 1;
  std::vector<bool> taken(other.size());
  Partners found;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const std::size_t end = std::min(other.size(), i + reach + 1);
    for (std::size_t j = i > reach ? i - reach : 0; j < end; ++j) {
      if (taken[j] || one[i] != other[j]) continue;
      taken[j] = true;
      found.of_one.push_back(one[i]);
      break;
    }
  }
  for (std::size_t j = 0; j < other.size(); ++j)
    if (taken[j]) found.of_other.push_back(other[j]);
  return found;
}

double jaro(std::string_view one, std::string_view other) {
  const Partners found = partners(one, other);
  const auto matches = static_cast<double>(found.of_one.size());
  if (found.of_one.empty()) return 0;
  std::size_t out_of_order = 0;
  for (std::size_t i = 0; i < found.of_one.size(); ++i)
    out_of_order += found.of_one[i] != found.of_other[i] ? 1 : 0;
  return (matches / static_cast<double>(one.size()) + matches / static_cast<double>(other.size()) +
          (matches - static_cast<double>(out_of_order) / 2) / matches) /
         3;
}

}  // namespace

double jaro_winkler(std::string_view one, std::string_view other) {
  // Taking partners from the left is not symmetric; the better of both ways is.
  const double similarity = std::max(jaro(one, other), jaro(other, one));
  const std::size_t comparable = std::min({one.size(), other.size(), kPrefixMax});
  const auto differ = std::ranges::mismatch(one.substr(0, comparable), other.substr(0, comparable));
  const auto prefix = static_cast<double>(differ.in1 - one.begin());
  return similarity + prefix * kPrefixScale * (1 - similarity);
}

bool one_slip_apart(std::string_view one, std::string_view other) {
  if (one.size() > other.size()) std::swap(one, other);
  if (one == other || other.size() - one.size() > 1) return false;
  const auto differ = std::ranges::mismatch(one, other);
  const auto at = static_cast<std::size_t>(differ.in1 - one.begin());
  if (one.size() < other.size()) return one.substr(at) == other.substr(at + 1);
  if (one.substr(at + 1) == other.substr(at + 1)) return true;
  return at + 1 < one.size() && one[at] == other[at + 1] && one[at + 1] == other[at] &&
         one.substr(at + 2) == other.substr(at + 2);
}

}  // namespace mash::referral::matching
