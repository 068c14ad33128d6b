#include "referral/intake/forms.h"

#include <algorithm>

#include "core/identifiers.h"

namespace mash::referral {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

bool is_postcode(std::string_view text) {
  if (text.size() < 5 || text.size() > 7) return false;
  const std::string_view inward = text.substr(text.size() - 3);
  return is_capital(text[0]) && is_digit(inward[0]) && is_capital(inward[1]) &&
         is_capital(inward[2]) &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || is_capital(c); });
}

std::optional<std::string> as_postcode(std::string_view text) {
  std::string plain = capitals(without_separators(text));
  if (!is_postcode(plain)) return {};
  return plain.insert(plain.size() - 3, 1, ' ');
}

std::string capitals(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

}  // namespace mash::referral
