#pragma once
#include <memory>
#include <string_view>
#include <vector>

namespace mash::log {
class View;
}

namespace mash::sharing {

// Every item, a case's together.
inline constexpr std::string_view kItemsView = "items";
// Every decision, the newest first; and each case's together, so that a case's are found among
// however many.
inline constexpr std::string_view kDecisionsView = "decisions";
inline constexpr std::string_view kCaseDecisionsView = "case-decisions";
// Every information request: what is still to be answered first.
inline constexpr std::string_view kRequestsView = "requests";

// The views of the sharing service, for LogOptions::views. They see the public part of events
// alone. How rows are formed and ordered is in rows.h.
std::vector<std::unique_ptr<log::View>> views();

}  // namespace mash::sharing
