#include "notification/lists/rows.h"

namespace mash::notification {
namespace {

// An order has 64 bytes; names that only differ later lie side by side, and are told apart by the
// rows.
constexpr std::size_t kAgencyBytesMax = 48;

std::string big_endian(std::uint64_t number) {
  std::string bytes(sizeof number, '\0');
  for (std::size_t i = bytes.size(); i > 0; number >>= 8U)
    bytes[--i] = static_cast<char>(number & 0xffU);
  return bytes;
}

}  // namespace

void evolve_row(v1::InboxRow& row, const v1::NoticeEvent& event, std::uint64_t position) {
  v1::InboxNotice& inbox = *row.mutable_notice();
  inbox.set_cursor(position + 1);
  switch (event.kind_case()) {
    case v1::NoticeEvent::kRaised:
      *inbox.mutable_notice() = event.raised().notice();
      inbox.set_state(v1::NOTICE_STATE_OPEN);
      return;
    case v1::NoticeEvent::kAcknowledged:
      inbox.set_state(v1::NOTICE_STATE_ACKNOWLEDGED);
      inbox.set_acknowledged_by(event.acknowledged().practitioner());
      *inbox.mutable_acknowledged_at() = event.acknowledged().acknowledged_at();
      return;
    case v1::NoticeEvent::kEscalated:
      *inbox.mutable_escalated_at() = event.escalated().escalated_at();
      return;
    case v1::NoticeEvent::KIND_NOT_SET:
      return;
  }
}

std::string beginning_of(std::string_view agency) {
  return std::string(agency.substr(0, kAgencyBytesMax)) + '\0';
}
std::string end_of(std::string_view agency) {
  return std::string(agency.substr(0, kAgencyBytesMax)) + '\1';
}

std::string newest_first(const v1::InboxRow& row) {
  return beginning_of(row.notice().notice().agency()) + big_endian(~row.notice().cursor());
}
std::string oldest_first(const v1::InboxRow& row) {
  return beginning_of(row.notice().notice().agency()) + big_endian(row.notice().cursor());
}
std::string after_cursor(std::string_view agency, std::uint64_t cursor) {
  return beginning_of(agency) + big_endian(cursor + 1);
}

}  // namespace mash::notification
