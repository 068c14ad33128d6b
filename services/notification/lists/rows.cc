#include "notification/lists/rows.h"

#include "core/timestamp.h"
#include "log/bytes.h"

namespace mash::notification {
namespace {

// An order has 64 bytes; names that only differ later lie side by side, and are told apart by the
// rows.
constexpr std::size_t kAgencyBytesMax = 48;

// That sorts as bytes.
std::string with(std::string order, uint64_t number) {
  log::append_u64(order, number);
  return order;
}

}  // namespace

void evolve_row(v1::InboxRow& row, const v1::NoticeEvent& event, uint64_t position) {
  v1::InboxNotice& inbox = *row.mutable_notice();
  inbox.set_cursor(position + 1);
  switch (event.kind_case()) {
    case v1::NoticeEvent::kRaised:
      *inbox.mutable_notice() = event.raised().notice();
      inbox.set_state(v1::NOTICE_STATE_OPEN);
      inbox.set_contacts_told(event.raised().steps().empty() ? 0 : 1);
      return;
    case v1::NoticeEvent::kAcknowledged:
      inbox.set_state(v1::NOTICE_STATE_ACKNOWLEDGED);
      inbox.set_acknowledged_by(event.acknowledged().practitioner());
      *inbox.mutable_acknowledged_at() = event.acknowledged().acknowledged_at();
      return;
    case v1::NoticeEvent::kEscalated:
      *inbox.mutable_escalated_at() = event.escalated().escalated_at();
      return;
    case v1::NoticeEvent::kPassedOn:
      if (!event.passed_on().passed_over()) inbox.set_contacts_told(inbox.contacts_told() + 1);
      return;
    case v1::NoticeEvent::kClosed:
      if (inbox.state() == v1::NOTICE_STATE_OPEN) inbox.set_state(v1::NOTICE_STATE_CLOSED);
      inbox.set_closed_by(event.closed().by());
      *inbox.mutable_closed_at() = event.closed().closed_at();
      return;
    case v1::NoticeEvent::kComesAgain:  // as it stands, at another place
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
  return with(beginning_of(row.notice().notice().agency()), ~row.notice().cursor());
}
std::string oldest_first(const v1::InboxRow& row) {
  return with(beginning_of(row.notice().notice().agency()), row.notice().cursor());
}
std::string after_cursor(std::string_view agency, uint64_t cursor) {
  return with(beginning_of(agency), cursor + 1);
}

v1::DeadlineRow deadline_row(const v1::Notice& notice) {
  v1::DeadlineRow row;
  row.set_agency(notice.agency());
  v1::TrackedDeadline& deadline = *row.mutable_deadline();
  deadline.set_kind(notice.deadline());
  *deadline.mutable_about() = notice.about();
  deadline.set_case_id(notice.case_id());
  *deadline.mutable_due() = notice.due();
  deadline.set_state(notice.deadline_state());
  deadline.set_notice_id(notice.notice_id());
  deadline.set_id(notice.deadline_id());
  return row;
}

std::string first_due_first(const v1::DeadlineRow& row) {
  const auto due = from_proto(row.deadline().due()).value_or(Time());
  return with(beginning_of(row.agency()), static_cast<uint64_t>(due.time_since_epoch().count()));
}

}  // namespace mash::notification
