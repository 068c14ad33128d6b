#pragma once
#include <array>
#include <cstddef>
#include <string_view>

#include "mash/referral/v1/matching.pb.h"

namespace mash::referral::matching {

// How well two identities agree in one field, finer than what a reason says of it: each level has
// weights of its own.
enum class Level {
  kExact,
  kForm,       // another form of the name: William and Bill
  kPart,       // a name more or less: Mary Ann and Ann, Bell and Bell-Hall
  kExchanged,  // given and family name, or day and month
  kExpected,   // born about when the birth was expected
  kMonth,      // the same, of what is known: year and month
  kYear,       // the same, of what is known: the year
  kInitial,    // one says only a letter, with which the other begins
  kClose,      // alike by spelling or sound, or a slip away
  kNone,       // different
  kApart,      // so different that it is no slip: born years apart
};
inline constexpr std::size_t kLevels = 11;

// Whether it speaks for one person at all.
inline bool agrees(Level level) { return level != Level::kNone && level != Level::kApart; }

// The fields that are compared, from 1; kFields counts 0, which is none.
using Field = v1::MatchField;
inline constexpr std::size_t kFields = v1::MatchField_ARRAYSIZE;

// What a field's and a level's weights are called in the file: "given-names", "exchanged".
std::string_view name_of(Field field);
std::string_view name_of(Level level);

// Whether two can agree in this way there.
bool has_level(Field field, Level level);

v1::Agreement agreement_of(Level level);

// In words, without the values: "day and month exchanged".
std::string_view words_for(Field field, Level level);

}  // namespace mash::referral::matching
