#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/deadline.h"
#include "log/row_order.h"
#include "mash/strategy/v1/child_events.pb.h"
#include "mash/strategy/v1/conference_events.pb.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "mash/strategy/v1/protection_events.pb.h"
#include "mash/strategy/v1/strategy_rows.pb.h"

namespace mash::strategy {

// Discussions, actions, conferences and missing children in lists, folded from their events like a
// decider's state. Pure.

// The deadline of a row, with the last time it was put off; none: nothing was ever due.
std::optional<Deadline> deadline_of(const v1::RowDeadline& due);
// Whether it was not done in time, or is overdue.
bool is_late(const v1::RowDeadline& due, Time now);

// The row after an event of the discussion's stream.
void evolve_row(v1::DiscussionRow& row, const std::string& discussion_id,
                const v1::DiscussionEvent& event);
// Leaves out what a view has no room for; `more` says so.
void fit(v1::DiscussionRow& row);
// Whether it is over and need not be held again, or is called off; and since when.
bool is_over(const v1::DiscussionRow& row);
const google::protobuf::Timestamp& over_since(const v1::DiscussionRow& row);
// The place in the list: what is still to be held first, what is due first in that; then what was
// closed last.
std::string order_of(const v1::DiscussionRow& row);
// The discussion as a list shows it at `now`.
v1::DiscussionSummary shown(const v1::DiscussionRow& row);

// The action that an event is about; empty: it is about none.
std::string action_of(const v1::DiscussionEvent& event);
// The row after an event about the action. False: there is no such action.
bool evolve_row(v1::ActionRow& row, const std::string& discussion_id, const std::string& case_id,
                const v1::DiscussionEvent& event);
// What is open first, what is due first in that; then what was done last.
std::string order_of(const v1::ActionRow& row);
v1::Action shown(const v1::ActionRow& row, Time now);

// The row after an event of the conference's stream.
void evolve_row(v1::ConferenceRow& row, const std::string& conference_id,
                const v1::ConferenceEvent& event);
// Whether it is held, or will not be.
bool is_over(const v1::ConferenceRow& row);
// What is still to be held first, what is due first in that; then what ended last.
std::string order_of(const v1::ConferenceRow& row);
v1::Conference shown(const v1::ConferenceRow& row, Time now);

// A child as strategy knows them, after an event of the child's stream, with its texts where they
// are there.
void evolve_child(v1::ChildStatus& child, const v1::ChildEvent& event);
// The row after that event.
void evolve_row(v1::ChildRow& row, const v1::ChildEvent& event);
// Those flagged last first.
std::string order_of(const v1::ChildRow& row);

// Where those begin, in the lists of discussions, actions and conferences, that are over.
inline constexpr std::string_view kOrderOfOver = "\x01";

}  // namespace mash::strategy
