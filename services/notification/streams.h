#pragma once
#include <string>
#include <string_view>

namespace mash::notification {

// How the names of these streams begin; what follows is the notice's, or the delivery's, id.
inline constexpr std::string_view kNotices = "notice/";
inline constexpr std::string_view kDeliveries = "delivery/";

inline std::string notice_stream(std::string_view id) { return std::string(kNotices).append(id); }
inline std::string delivery_stream(std::string_view id) {
  return std::string(kDeliveries).append(id);
}
inline std::string contacts_stream(const std::string& agency) { return "contacts/" + agency; }
inline std::string contact_stream(const std::string& contact_id) { return "contact/" + contact_id; }
// Of the notices that wait for something to be done to a stream of another log.
inline std::string awaiting_stream(const std::string& followed) { return "awaiting/" + followed; }

}  // namespace mash::notification
