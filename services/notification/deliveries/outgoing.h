#pragma once
#include <optional>
#include <string>
#include <variant>

#include "core/result.h"
#include "log/event_log.h"
#include "mash/notification/v1/notification_rows.pb.h"
#include "notification/channels/sender.h"

namespace mash::notification {

// Why nobody need, or may, have a delivery any more: v1::DeliveryDropped.reason.
struct Dropped {
  std::string reason;
};

// What is to be sent for a delivery that is due, as things stand now, or why nothing is.
// kUnavailable where the contact cannot be read now, the vault being away; CASE_PARKED where what
// is known of the case is not all that was said of it; CASES_BEHIND where it is for a practitioner,
// and not known (`bars_known`) who is barred by now.
Result<std::variant<Outgoing, Dropped>> outgoing_of(const log::EventLog& log,
                                                    const v1::DeliveryRow& row,
                                                    bool bars_known = true);

// Why nobody need, or may, have it any more that was to be sent a while ago; nothing: it is to be
// sent still. Asks what can be known without the vault: of a contact, also whether it was erased,
// since what was sealed of it is gone from the log then. Refused as outgoing_of() is.
Result<std::optional<Dropped>> dropped_meanwhile(const log::EventLog& log,
                                                 const v1::DeliveryRow& row, bool bars_known);

}  // namespace mash::notification
