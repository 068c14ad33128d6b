#pragma once
#include <string>

namespace mash::notification {

inline std::string notice_stream(const std::string& notice_id) { return "notice/" + notice_id; }

}  // namespace mash::notification
