#include "notification/lists/delivery_rows.h"

#include <utility>

#include "core/timestamp.h"
#include "log/bytes.h"

namespace mash::notification {
namespace {

constexpr char kDue = 'D';
constexpr char kUndelivered = 'U';
constexpr std::size_t kContactBytesMax = 40;  // of an id's 36
constexpr int kMostUrgent = v1::URGENCY_IMMEDIATE;

uint64_t micros(const google::protobuf::Timestamp& time) {
  return static_cast<uint64_t>(from_proto(time).value_or(Time()).time_since_epoch().count());
}

// A channel of a contact; one that was recorded before channels had numbers, by its place.
std::string channel_bytes(const v1::DeliveryDue& due) {
  std::string bytes;
  log::append_u32(bytes, due.channel_number() == 0 ? due.channel() : due.channel_number());
  return bytes;
}

// That sorts as bytes.
std::string with(std::string order, uint64_t number) {
  log::append_u64(order, number);
  return order;
}

std::string after(std::string bytes) {
  bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) + 1);
  return bytes;
}

}  // namespace

std::optional<v1::DeliveryRow> evolve_row(v1::DeliveryRow row, const v1::DeliveryEvent& event) {
  switch (event.kind_case()) {
    case v1::DeliveryEvent::kDue:
      *row.mutable_due() = event.due();
      *row.mutable_next_at() = event.due().due_at();
      return row;
    case v1::DeliveryEvent::kFailed:
      row.set_attempts(event.failed().attempt());
      row.set_reason(event.failed().reason());
      row.set_code(event.failed().code());
      *row.mutable_next_at() = event.failed().next_at();
      return row;
    case v1::DeliveryEvent::kGivenUp:
      row.set_attempts(event.given_up().attempts());
      row.set_reason(event.given_up().reason());
      row.set_code(event.given_up().code());
      *row.mutable_given_up_at() = event.given_up().given_up_at();
      row.clear_next_at();
      return row;
    case v1::DeliveryEvent::kRetried:
      row.set_attempts(0);
      row.clear_given_up_at();
      *row.mutable_next_at() = event.retried().retried_at();
      return row;
    case v1::DeliveryEvent::kTaken:
    case v1::DeliveryEvent::kDropped:
    case v1::DeliveryEvent::KIND_NOT_SET:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string order_of(const v1::DeliveryRow& row) {
  if (row.has_next_at()) return with(lane_begin(row), micros(row.next_at()));
  return with(undelivered_begin(), ~micros(row.given_up_at()));
}

std::string due_begin() { return {kDue}; }
std::string due_end() { return after(due_begin()); }
std::string lane_begin(const v1::DeliveryRow& row) {
  return due_begin() + row.due().contact_id().substr(0, kContactBytesMax) +
         channel_bytes(row.due()) + static_cast<char>(kMostUrgent - row.due().urgency());
}
std::string lane_after(const v1::DeliveryRow& row, Time now) {
  return with(lane_begin(row), static_cast<uint64_t>(now.time_since_epoch().count()) + 1);
}
std::string lane_end(const v1::DeliveryRow& row) { return after(lane_begin(row)); }
std::string undelivered_begin() { return {kUndelivered}; }
std::string undelivered_end() { return after(undelivered_begin()); }

}  // namespace mash::notification
