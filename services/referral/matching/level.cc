#include "referral/matching/level.h"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "core/check.h"

namespace mash::referral::matching {
namespace {

// One way of agreeing in a field, and how it is explained.
struct Way {
  Field field;
  Level level;
  std::string_view words;
};

constexpr Way kWays[] = {
    {v1::MATCH_FIELD_NHS_NUMBER, Level::kExact, "the same NHS number"},
    {v1::MATCH_FIELD_NHS_NUMBER, Level::kNone, "different NHS numbers"},
    {v1::MATCH_FIELD_UPN, Level::kExact, "the same pupil number"},
    {v1::MATCH_FIELD_UPN, Level::kNone, "different pupil numbers"},
    {v1::MATCH_FIELD_GIVEN_NAMES, Level::kExact, "the same given names"},
    {v1::MATCH_FIELD_GIVEN_NAMES, Level::kForm, "another form of the given name"},
    {v1::MATCH_FIELD_GIVEN_NAMES, Level::kPart, "a given name more or less"},
    {v1::MATCH_FIELD_GIVEN_NAMES, Level::kExchanged, "given and family name exchanged"},
    {v1::MATCH_FIELD_GIVEN_NAMES, Level::kInitial, "the initial of the given name"},
    {v1::MATCH_FIELD_GIVEN_NAMES, Level::kClose, "given names alike by spelling or sound"},
    {v1::MATCH_FIELD_GIVEN_NAMES, Level::kNone, "different given names"},
    {v1::MATCH_FIELD_FAMILY_NAME, Level::kExact, "the same family name"},
    {v1::MATCH_FIELD_FAMILY_NAME, Level::kPart, "one part of a double family name"},
    {v1::MATCH_FIELD_FAMILY_NAME, Level::kExchanged, "given and family name exchanged"},
    {v1::MATCH_FIELD_FAMILY_NAME, Level::kClose, "family names alike by spelling or sound"},
    {v1::MATCH_FIELD_FAMILY_NAME, Level::kNone, "different family names"},
    {v1::MATCH_FIELD_BIRTH_DATE, Level::kExact, "the same date of birth"},
    {v1::MATCH_FIELD_BIRTH_DATE, Level::kExchanged, "day and month exchanged"},
    {v1::MATCH_FIELD_BIRTH_DATE, Level::kExpected, "born about when the birth was expected"},
    {v1::MATCH_FIELD_BIRTH_DATE, Level::kMonth, "the same year and month; the day is not known"},
    {v1::MATCH_FIELD_BIRTH_DATE, Level::kYear, "the same year; the month is not known"},
    {v1::MATCH_FIELD_BIRTH_DATE, Level::kClose, "one part of the date of birth differs"},
    {v1::MATCH_FIELD_BIRTH_DATE, Level::kNone, "different dates of birth"},
    {v1::MATCH_FIELD_BIRTH_DATE, Level::kApart, "born years apart"},
    {v1::MATCH_FIELD_SEX, Level::kExact, "the same sex"},
    {v1::MATCH_FIELD_SEX, Level::kNone, "different sex"},
    {v1::MATCH_FIELD_POSTCODE, Level::kExact, "the same postcode"},
    {v1::MATCH_FIELD_POSTCODE, Level::kClose, "postcodes near each other, or a slip away"},
    {v1::MATCH_FIELD_POSTCODE, Level::kNone, "different postcodes"}};

const Way* way(Field field, Level level) {
  const auto* const found = std::ranges::find_if(
      kWays, [&](const Way& each) { return each.field == field && each.level == level; });
  return found == std::end(kWays) ? nullptr : found;
}

}  // namespace

std::string_view name_of(Field field) {
  constexpr std::array<std::string_view, kFields> kNames = {
      "", "nhs-number", "upn", "given-names", "family-name", "birth-date", "sex", "postcode"};
  return kNames.at(static_cast<std::size_t>(field));
}

std::string_view name_of(Level level) {
  constexpr std::array<std::string_view, kLevels> kNames = {
      "exact", "form",    "part",  "exchanged", "expected", "month",
      "year",  "initial", "close", "none",      "apart"};
  return kNames.at(static_cast<std::size_t>(level));
}

bool has_level(Field field, Level level) { return way(field, level) != nullptr; }

v1::Agreement agreement_of(Level level) {
  switch (level) {
    case Level::kExact:
      return v1::AGREEMENT_EXACT;
    case Level::kForm:
    case Level::kPart:
    case Level::kExchanged:
    case Level::kExpected:
    case Level::kMonth:
    case Level::kYear:
    case Level::kInitial:
      return v1::AGREEMENT_VARIANT;
    case Level::kClose:
      return v1::AGREEMENT_CLOSE;
    case Level::kNone:
    case Level::kApart:
      return v1::AGREEMENT_NONE;
  }
  return v1::AGREEMENT_UNSPECIFIED;
}

std::string_view words_for(Field field, Level level) {
  const Way* const found = way(field, level);
  MASH_CHECK(found != nullptr);
  return found->words;
}

}  // namespace mash::referral::matching
