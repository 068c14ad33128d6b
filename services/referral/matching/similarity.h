#pragma once
#include <string_view>

namespace mash::referral::matching {

// Jaro's similarity of two words, raised where they begin alike as Winkler does (by 0.1 for each of
// the first four letters): 1 for the same, 0 for words that share nothing. Symmetric. Pure.
// M. A. Jaro (1989); W. E. Winkler (1990).
double jaro_winkler(std::string_view one, std::string_view other);

// Whether one slip of the keyboard makes one of the other: a letter more, less or another, or two
// neighbours exchanged. The same is none.
bool one_slip_apart(std::string_view one, std::string_view other);

}  // namespace mash::referral::matching
