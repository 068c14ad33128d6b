#include "core/identifiers.h"

#include <algorithm>

namespace mash {
namespace {

// The letters of pupil numbers: without I, O and S, which look like digits.
constexpr std::string_view kUpnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

bool is_nhs_number(std::string_view digits) {
  if (digits.size() != 10 || !std::ranges::all_of(digits, is_digit)) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) sum += (digits[i] - '0') * (10 - static_cast<int>(i));
  const int check = (11 - sum % 11) % 11;  // 10 is no digit: such numbers are not issued.
  return check == digits[9] - '0';
}

bool is_synthetic_nhs_number(std::string_view digits) {
  return digits.starts_with("999") && is_nhs_number(digits);
}

bool is_upn(std::string_view text) {
  if (text.size() != 13) return false;
  std::size_t sum = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    std::size_t value = 0;
    if (is_digit(text[i])) {
      value = static_cast<std::size_t>(text[i] - '0');
    } else {
      value = i == 12 ? kUpnLetters.find(text[i]) : std::string_view::npos;
      if (value == std::string_view::npos) return false;
    }
    sum += (i + 1) * value;
  }
  return text[0] == kUpnLetters[sum % kUpnLetters.size()];
}

bool is_upn_unknown(std::string_view text) {
  return text.size() == 3 && text.starts_with("UN") && text[2] >= '1' && text[2] <= '5';
}

bool is_practitioner_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return is_digit(c) || is_small(c) || is_capital(c) || c == '-' || c == '_' || c == '.' ||
           c == ':';
  });
}

bool is_agency_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || is_small(c) || c == '-'; });
}

bool is_area(std::string_view text) {
  return text.size() == 9 && is_capital(text[0]) &&
         std::ranges::all_of(text.substr(1), [](char c) { return is_digit(c); });
}

std::string agency_of_area(std::string_view area) {
  std::string agency = "la-";
  for (const char c : area) agency += is_capital(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return agency;
}

std::string without_separators(std::string_view text) {
  std::string kept(text);
  std::erase_if(kept, [](char c) { return c == ' ' || c == '-'; });
  return kept;
}

}  // namespace mash
