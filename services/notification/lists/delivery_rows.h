#pragma once
#include <optional>
#include <string>

#include "core/clock.h"
#include "mash/notification/v1/delivery_events.pb.h"
#include "mash/notification/v1/notification_rows.pb.h"

namespace mash::notification {

// Deliveries in a list, folded from their events. Pure. What is due lies in lanes: one for each
// channel of each contact and each urgency, the most urgent first, in the order in which it is
// tried. So a channel that takes nothing holds up no other, and what is routine nothing that is
// urgent.

// The row after an event; nothing where it leaves the list, being taken or dropped.
std::optional<v1::DeliveryRow> evolve_row(v1::DeliveryRow row, const v1::DeliveryEvent& event);

std::string order_of(const v1::DeliveryRow& row);

// Where what is due lies, all lanes together.
std::string due_begin();
std::string due_end();
// The lane of a row, from its beginning to what is due after a time, and to its end.
std::string lane_begin(const v1::DeliveryRow& row);
std::string lane_after(const v1::DeliveryRow& row, Time now);
std::string lane_end(const v1::DeliveryRow& row);
// Where what was given up lies.
std::string undelivered_begin();
std::string undelivered_end();

}  // namespace mash::notification
