#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mash::referral::matching {

// A name as it is compared: words of the letters a to z.
using Words = std::vector<std::string>;

inline constexpr std::size_t kWordsMax = 8;
inline constexpr std::size_t kWordLettersMax = 40;

// Brings a name of any script into Latin letters without case, accents and punctuation:
// "Siobhán O'Brien-Khan" is "siobhan", "obrien", "khan", and "Юлия" is "ulia". What has no letters,
// only marks for instance, gives no words. Further words and letters than the limits are left out.
// Pure; any thread may call.
Words fold(std::string_view name);

// The words without what parts them: "Mary Ann" and "Maryann" are one.
std::string joined(const Words& words);

}  // namespace mash::referral::matching
