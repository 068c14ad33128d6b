#pragma once
#include <string>

#include "generator/random.h"

namespace mash::generator {

// An NHS number with a right check digit from the range kept for tests, 999 000 0000 to 999 999
// 9999: it is nobody's.
std::string synthetic_nhs_number(Random& random);

// A unique pupil number with its right check letter, of a school that does not exist (authority
// 999).
std::string synthetic_upn(Random& random);

}  // namespace mash::generator
