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

}  // namespace mash::referral
