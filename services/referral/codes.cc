#include "referral/codes.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace mash::referral {
namespace {

using std::string_view;

constexpr std::array kSources = {string_view("1A"), string_view("1B"), string_view("1C"),
                                 string_view("1D"), string_view("2A"), string_view("2B"),
                                 string_view("3A"), string_view("3B"), string_view("3C"),
                                 string_view("3D"), string_view("3E"), string_view("3F"),
                                 string_view("4"),  string_view("5A"), string_view("5B"),
                                 string_view("5C"), string_view("5D"), string_view("6"),
                                 string_view("7"),  string_view("8"),  string_view("9"),
                                 string_view("10")};

// Each number with the letters that may follow it.
struct FactorGroup {
  string_view number;
  string_view letters;
};
constexpr std::array kFactors = {
    FactorGroup{"1", "ABC"},  FactorGroup{"2", "ABC"},   FactorGroup{"3", "ABC"},
    FactorGroup{"4", "ABC"},  FactorGroup{"5", "ABC"},   FactorGroup{"6", "ABC"},
    FactorGroup{"7", "A"},    FactorGroup{"8", "BCDEF"}, FactorGroup{"9", "A"},
    FactorGroup{"10", "A"},   FactorGroup{"11", "A"},    FactorGroup{"12", "A"},
    FactorGroup{"13", "A"},   FactorGroup{"14", "A"},    FactorGroup{"15", "A"},
    FactorGroup{"16", "A"},   FactorGroup{"17", "A"},    FactorGroup{"18", "BC"},
    FactorGroup{"19", "BC"},  FactorGroup{"20", ""},     FactorGroup{"21", ""},
    FactorGroup{"22", "A"},   FactorGroup{"23", "A"},    FactorGroup{"24", "A"}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

bool all_digits(string_view text) { return std::ranges::all_of(text, is_digit); }

int digit(char c) { return c - '0'; }

// The letters of pupil numbers: I, O and S are left out, since they read like digits.
constexpr string_view kUpnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";

}  // namespace

bool is_source(string_view code) { return std::ranges::find(kSources, code) != kSources.end(); }

bool is_factor(string_view code) {
  return std::ranges::any_of(kFactors, [&](const FactorGroup& group) {
    if (!code.starts_with(group.number)) return false;
    const string_view letter = code.substr(group.number.size());
    if (group.letters.empty()) return letter.empty();
    return letter.size() == 1 && group.letters.find(letter) != string_view::npos;
  });
}

bool is_retired_factor(string_view code) { return code == "18A" || code == "19A"; }

bool is_nhs_number(string_view digits) {
  if (digits.size() != 10 || !all_digits(digits)) return false;
  int sum = 0;
  for (size_t i = 0; i < 9; ++i) sum += digit(digits[i]) * static_cast<int>(10 - i);
  const int check = (11 - sum % 11) % 11;
  return check != 10 && check == digit(digits[9]);
}

bool is_upn(string_view text) {
  if (text.size() == 3 && text.starts_with("UN")) return text[2] >= '1' && text[2] <= '5';
  if (text.size() != 13 || !all_digits(text.substr(1, 11))) return false;
  // The last place counts as its digit, or as its letter's place in the alphabet of these numbers.
  const size_t letter = kUpnLetters.find(text[12]);
  if (!is_digit(text[12]) && letter == string_view::npos) return false;
  const size_t last = is_digit(text[12]) ? static_cast<size_t>(digit(text[12])) : letter;
  size_t sum = last * 13;
  for (size_t i = 1; i < 12; ++i) sum += static_cast<size_t>(digit(text[i])) * (i + 1);
  return text[0] == kUpnLetters[sum % kUpnLetters.size()];
}

std::string without_separators(string_view text) {
  std::string kept;
  for (const char c : text)
    if (c != ' ' && c != '-') kept += c;
  return kept;
}

bool is_postcode(string_view text) {
  if (text.size() < 5 || text.size() > 7) return false;
  const string_view inward = text.substr(text.size() - 3);
  return is_capital(text[0]) && is_digit(inward[0]) && is_capital(inward[1]) &&
         is_capital(inward[2]) &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || is_capital(c); });
}

bool is_agency_name(string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
  });
}

}  // namespace mash::referral
