#pragma once
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mash::log {

// How the rows of views are ordered and what they are packed of. Pure.

// How an id lies in a row.
inline constexpr std::size_t kRowIdBytes = 16;

// An id's bytes, as rows keep it; nothing for what is no id.
std::string packed(std::string_view id);

// The ids in a field of packed ids, in their order.
std::vector<std::string> unpacked(std::string_view ids);

// Where, in a list ordered by an id first, those of the next id begin; those of this one begin at
// packed(id). Empty: there is no next one, or it is no id.
std::string rows_below(std::string_view id);

// Since 1970; the hub's own times are all after that.
int64_t microseconds_of(const google::protobuf::Timestamp& time);

// Eight bytes that order by time.
std::string oldest_first(const google::protobuf::Timestamp& time);
std::string newest_first(const google::protobuf::Timestamp& time);

// The refusal for a row that is not the message it should be: kDataLoss, VIEW_MALFORMED.
tl::unexpected<Error> malformed_row();

template <class Ids>
std::string all_packed(const Ids& ids) {
  std::string bytes;
  for (const std::string& id : ids) bytes += packed(id);
  return bytes;
}

}  // namespace mash::log
