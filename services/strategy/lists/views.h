#pragma once
#include <memory>
#include <string_view>
#include <vector>

namespace mash::log {
class View;
}

namespace mash::strategy {

// Every discussion: what is still to be held first.
inline constexpr std::string_view kDiscussionsView = "discussions";
// Every action of every discussion: what is open first.
inline constexpr std::string_view kActionsView = "actions";
// Every conference: what is still to be held first.
inline constexpr std::string_view kConferencesView = "conferences";
// Every child who is missing.
inline constexpr std::string_view kMissingView = "missing";
// Every stream of discussions, conferences, protection and children, a case's together.
inline constexpr std::string_view kCaseStrategyView = "case-strategy";

// The views of lists, for LogOptions::views. They see the public part of events alone. How rows are
// formed and ordered is in rows.h.
std::vector<std::unique_ptr<log::View>> views();

}  // namespace mash::strategy
