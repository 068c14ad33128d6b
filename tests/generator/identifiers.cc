#include "generator/identifiers.h"

#include <string_view>

namespace mash::generator {

std::string synthetic_nhs_number(Random& random) {
  while (true) {
    std::string number = "999";
    while (number.size() < 9) number += static_cast<char>('0' + random.below(10));
    int sum = 0;
    for (std::size_t i = 0; i < 9; ++i) sum += (number[i] - '0') * (10 - static_cast<int>(i));
    const int check = (11 - sum % 11) % 11;
    if (check == 10) continue;  // Such nine digits are never given out.
    number += static_cast<char>('0' + check);
    return number;
  }
}

std::string synthetic_upn(Random& random) {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";
  std::string digits = "999";
  while (digits.size() < 12) digits += static_cast<char>('0' + random.below(10));
  std::size_t sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    sum += (i + 2) * static_cast<std::size_t>(digits[i] - '0');
  }
  return kLetters[sum % kLetters.size()] + digits;
}

}  // namespace mash::generator
