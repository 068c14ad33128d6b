#include "log/row_order.h"

#include <limits>

#include "core/ids.h"
#include "log/bytes.h"

namespace mash::log {
namespace {

std::string ordered(uint64_t number) {
  std::string bytes;
  append_u64(bytes, number);
  return bytes;
}

}  // namespace

std::string packed(std::string_view id) {
  const auto uuid = Uuid::parse(id);
  return uuid ? uuid->to_bytes() : std::string();
}

std::vector<std::string> unpacked(std::string_view ids) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at + kRowIdBytes <= ids.size(); at += kRowIdBytes)
    if (const auto id = Uuid::from_bytes(ids.substr(at, kRowIdBytes))) all.push_back(id->text());
  return all;
}

std::string rows_below(std::string_view id) {
  std::string below = packed(id);
  while (!below.empty() && below.back() == '\xFF') below.pop_back();
  if (!below.empty()) ++below.back();
  return below;
}

int64_t microseconds_of(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1'000;
}

std::string oldest_first(const google::protobuf::Timestamp& time) {
  return ordered(static_cast<uint64_t>(microseconds_of(time)));
}

std::string newest_first(const google::protobuf::Timestamp& time) {
  return ordered(std::numeric_limits<uint64_t>::max() -
                 static_cast<uint64_t>(microseconds_of(time)));
}

tl::unexpected<Error> malformed_row() {
  return refuse(Code::kDataLoss, "VIEW_MALFORMED", "A row of the list cannot be read.");
}

}  // namespace mash::log
