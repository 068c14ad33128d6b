#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "mash/notification/v1/notification_events.pb.h"
#include "mash/notification/v1/notification_rows.pb.h"

namespace mash::notification {

// Notices in inboxes, folded from their events like a decider's state. Pure.

// The row after an event of the notice's stream, which stands at that position in the log.
void evolve_row(v1::InboxRow& row, const v1::NoticeEvent& event, uint64_t position);

// Where an agency's, or a case's, notices lie in a list; those of the next one lie from end_of()
// on.
std::string beginning_of(std::string_view agency);
std::string end_of(std::string_view agency);
// A notice's place among them: what changed last first, or last.
std::string newest_first(const v1::InboxRow& row);
std::string oldest_first(const v1::InboxRow& row);
// Where those lie that changed after a cursor, in the list of the oldest first.
std::string after_cursor(std::string_view agency, uint64_t cursor);

// A deadline that a notice tells of, and its place in the list: each agency's together.
v1::DeadlineRow deadline_row(const v1::Notice& notice);
std::string first_due_first(const v1::DeadlineRow& row);

}  // namespace mash::notification
