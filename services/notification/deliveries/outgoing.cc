#include "notification/deliveries/outgoing.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "log/handle.h"
#include "notification/contacts/contacts.h"
#include "notification/deliveries/delivery.h"
#include "notification/deliveries/undelivered.h"
#include "notification/lists/views.h"
#include "notification/notices/steps.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

using Attempt = std::variant<Outgoing, Dropped>;

// Which of its contact's channels a delivery goes over; 0: one that is not there any more. Where it
// was recorded before channels had numbers it says the place of one, in the contact as it stood
// when the notice was raised.
Result<uint32_t> number_of(const log::EventLog& log, const v1::DeliveryDue& due,
                           const std::vector<log::Record>& records,
                           std::vector<v1::ContactEvent> events) {
  if (due.channel_number() != 0) return due.channel_number();
  const auto notice = log.read_stream(notice_stream(due.notice_id()));
  if (!notice) return tl::unexpected(notice.error());
  const uint64_t raised = notice->records.front().prefix.position;
  const auto later = std::ranges::find_if(
      records, [&](const log::Record& record) { return record.prefix.position > raised; });
  events.resize(static_cast<std::size_t>(later - records.begin()));
  const v1::Contact then = known_contact(events).contact;
  const int place = static_cast<int>(due.channel());
  return place < then.channels_size() ? then.channels(place).number() : 0;
}

// Whether what was personal in a record, read with its sealed part, is gone.
bool was_erased(const log::Record& record) { return record.has_personal() && !record.sealed; }

// What it rests on that anybody is told, as it stands now.
struct Grounds {
  v1::Notice notice;
  CaseAccess access;

  // The practitioner that the contact is now counts too: it may have been another's when the notice
  // was raised.
  bool admit(const v1::DeliveryDue& due, const v1::Contact& contact) const {
    return may_be_told(access, notice, due.practitioner()) &&
           may_be_told(access, notice, contact.practitioner());
  }
};

Result<std::variant<Grounds, Dropped>> grounds_of(const log::EventLog& log,
                                                  const v1::DeliveryRow& row) {
  auto notice = notice_now(log, row.due().notice_id());
  if (!notice) return tl::unexpected(notice.error());
  if (std::string why = why_over(*notice); !why.empty()) return Dropped{std::move(why)};
  auto family = cases::family_of(log, row.case_id());
  if (!family) return tl::unexpected(family.error());
  if (!family->parked.empty()) return cases::case_parked();
  return Grounds{.notice = std::move(*notice->mutable_notice()),
                 .access = std::move(family->access)};
}

}  // namespace

Result<std::optional<Dropped>> dropped_meanwhile(const log::EventLog& log,
                                                 const v1::DeliveryRow& row, bool bars_known) {
  const v1::DeliveryDue& due = row.due();
  const auto grounds = grounds_of(log, row);
  if (!grounds) return tl::unexpected(grounds.error());
  if (const auto* dropped = std::get_if<Dropped>(&*grounds)) return *dropped;
  const auto stream = log.read_stream(contact_stream(due.contact_id()), 1, {}, true);
  if (!stream) return tl::unexpected(stream.error());
  if (std::ranges::any_of(stream->records, was_erased)) return Dropped{kErased};
  const auto events = log::public_events<v1::ContactEvent>(stream->records);
  if (!events) return tl::unexpected(events.error());
  const v1::Contact contact = known_contact(*events).contact;
  if (contact.channels().empty()) return Dropped{"CONTACT_REMOVED"};
  if (!std::get<Grounds>(*grounds).admit(due, contact)) return Dropped{"NOT_ADMITTED"};
  if (!bars_known && !(due.practitioner().empty() && contact.practitioner().empty()))
    return refuse(Code::kUnavailable, "CASES_BEHIND",
                  "Whether the practitioner is barred from the case by now is not known here yet.");
  return std::nullopt;
}

Result<Attempt> outgoing_of(const log::EventLog& log, const v1::DeliveryRow& row, bool bars_known) {
  const v1::DeliveryDue& due = row.due();
  auto grounds = grounds_of(log, row);
  if (!grounds) return tl::unexpected(grounds.error());
  if (auto* dropped = std::get_if<Dropped>(&*grounds)) return std::move(*dropped);
  const auto stream = log.read_stream(contact_stream(due.contact_id()), 1, {}, true);
  if (!stream) return tl::unexpected(stream.error());
  const auto opened = log::opened_events<v1::ContactEvent>(log, stream->records);
  if (!opened) return tl::unexpected(opened.error());
  if (opened->erased) return Dropped{kErased};
  const v1::Contact contact = known_contact(opened->events).contact;
  if (!std::get<Grounds>(*grounds).admit(due, contact)) return Dropped{"NOT_ADMITTED"};
  if (!bars_known && !(due.practitioner().empty() && contact.practitioner().empty()))
    return refuse(Code::kUnavailable, "CASES_BEHIND",
                  "Whether the practitioner is barred from the case by now is not known here yet.");
  const auto number = number_of(log, due, stream->records, opened->events);
  if (!number) return tl::unexpected(number.error());
  const v1::Channel* const channel = channel_of(contact, *number);
  if (channel == nullptr || channel->kind() != due.kind()) return Dropped{"CONTACT_REMOVED"};
  return Outgoing{.delivery_id = due.delivery_id(),
                  .channel = *channel,
                  .notice = std::move(std::get<Grounds>(*grounds).notice)};
}

}  // namespace mash::notification
