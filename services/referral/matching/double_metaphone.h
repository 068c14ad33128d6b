#pragma once
#include <string>
#include <string_view>

namespace mash::referral::matching {

// How a word sounds: codes of consonants, "SMT" for "smith". Two words sound alike when a code of
// one is a code of the other; the alternate is how the word is said in another language of origin,
// and most often the same.
struct Sounds {
  std::string primary;
  std::string alternate;

  friend bool operator==(const Sounds&, const Sounds&) = default;
};

// Double Metaphone (L. Philips, C/C++ Users Journal, June 2000) of one word of the letters a to z.
// Codes have at most 8 characters of "0AFHJKLMNPRSTX"; 0 is the "th" of "thin". Pure.
Sounds double_metaphone(std::string_view word);

bool sound_alike(const Sounds& one, const Sounds& other);

}  // namespace mash::referral::matching
