#pragma once
#include <string>
#include <string_view>

namespace mash::referral {

// Code lists and check digits of the children in need census, the NHS and the schools. Pure; any
// thread may call.

// A source of contacts in the census: "1A" family to "10" unknown, "6" police.
bool is_source(std::string_view code);

// A factor at assessment in the census that may be newly entered: "3A", "16A". "18A" and "19A" are
// retired: true for is_retired_factor() alone.
bool is_factor(std::string_view code);
bool is_retired_factor(std::string_view code);

// Ten digits whose last is the check digit over the others.
bool is_nhs_number(std::string_view digits);

// A unique pupil number: a check letter over twelve digits, the last of which is a letter while the
// number is temporary; or "UN1" to "UN5", the census's codes for one that is not known.
bool is_upn(std::string_view text);

// As people write numbers: "943 476 5919" and "943-476-5919" are "9434765919".
std::string without_separators(std::string_view text);

// What a postcode can look like after without_separators() and in capitals: five to seven letters
// and digits, the last three a digit and two letters.
bool is_postcode(std::string_view text);

// A name that operational fields may carry (an agency's): lower-case letters, digits and hyphens, 1
// to 64 of them.
bool is_agency_name(std::string_view text);

}  // namespace mash::referral
