#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace mash::referral {

// What texts of a fixed form look like. Pure; any thread may call.

// A postcode in capitals and without its space: five to seven letters and digits, beginning with a
// letter and ending in a digit and two letters.
bool is_postcode(std::string_view text);

// The text as postcodes are kept, "GL1 2TG", however it was written; nothing when it is none.
std::optional<std::string> as_postcode(std::string_view text);

// With its letters A to Z in capitals.
std::string capitals(std::string text);

// A name that operational fields may carry (an agency's): lower-case letters, digits and hyphens, 1
// to 64 of them.
bool is_agency_name(std::string_view text);

// The agency by which an authority answers for itself: "la-e08000025".
std::string agency_of_area(std::string_view area);

}  // namespace mash::referral
