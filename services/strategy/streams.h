#pragma once
#include <string>
#include <string_view>

namespace mash::strategy {

// The streams of this log; those of what is known of cases and persons are in cases/streams.h.
inline std::string discussion_stream(std::string_view id) {
  return "discussion/" + std::string(id);
}
inline std::string conference_stream(std::string_view id) {
  return "conference/" + std::string(id);
}
inline std::string protection_stream(std::string_view id) {
  return "protection/" + std::string(id);
}

// Which discussions of a case are still to be held.
inline std::string case_discussions_stream(std::string_view case_id) {
  return "strategy/" + std::string(case_id);
}

// What is known of a child in one case: a plan, a flag.
inline std::string child_stream(std::string_view case_id, std::string_view child_id) {
  return "child/" + std::string(case_id) + "+" + std::string(child_id);
}

}  // namespace mash::strategy
