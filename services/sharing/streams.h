#pragma once
#include <string>
#include <string_view>

namespace mash::sharing {

// The streams of this log. What is known of cases and persons has the names it has in the referral
// log.
inline std::string request_stream(std::string_view id) { return "request/" + std::string(id); }
inline std::string item_stream(std::string_view id) { return "item/" + std::string(id); }
inline std::string decision_stream(std::string_view id) { return "decision/" + std::string(id); }
inline std::string consent_stream(std::string_view id) { return "consent/" + std::string(id); }
inline std::string case_stream(std::string_view id) { return "case/" + std::string(id); }
inline std::string person_stream(std::string_view id) { return "person/" + std::string(id); }

}  // namespace mash::sharing
