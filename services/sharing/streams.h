#pragma once
#include <string>
#include <string_view>

namespace mash::sharing {

// The streams of this log; those of what is known of cases and persons are in cases/streams.h.
inline std::string request_stream(std::string_view id) { return "request/" + std::string(id); }
inline std::string item_stream(std::string_view id) { return "item/" + std::string(id); }
inline std::string decision_stream(std::string_view id) { return "decision/" + std::string(id); }
inline std::string consent_stream(std::string_view id) { return "consent/" + std::string(id); }

}  // namespace mash::sharing
