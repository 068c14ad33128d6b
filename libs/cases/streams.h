#pragma once
#include <string>
#include <string_view>

namespace mash::cases {

// Where what is known of cases and persons lies: under the names these have in the referral log.
inline std::string case_stream(std::string_view id) { return "case/" + std::string(id); }
inline std::string person_stream(std::string_view id) { return "person/" + std::string(id); }

}  // namespace mash::cases
