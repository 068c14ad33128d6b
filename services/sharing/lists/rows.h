#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/context.h"
#include "core/deadline.h"
#include "core/result.h"
#include "log/row_order.h"
#include "mash/sharing/v1/decision_events.pb.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "mash/sharing/v1/request_events.pb.h"
#include "mash/sharing/v1/sharing_rows.pb.h"

namespace mash::sharing {

using log::packed;
using log::unpacked;
inline constexpr size_t kIdBytes = log::kRowIdBytes;

// Items, decisions and information requests in lists, folded from their events like a decider's
// state. Pure.

// The row after an event of the item's stream; it may outgrow a view.
void evolve_row(v1::ItemRow& row, const v1::ItemEvent& event);

// Leaves out what a view has no room for: of what decisions say what holds no more, of recalls what
// is acknowledged, the oldest first; then the others. `more` says so.
void fit(v1::ItemRow& row);

// Whether the caller is one of a decision's recipients.
bool names(const v1::ItemRowDecision& decision, const Actor& actor);

// Whether a decision in force gives it to the caller, and which: the newest. Null: none.
const v1::ItemRowDecision* given_to(const v1::ItemRow& row, const Actor& actor);

// The agency's part in a correction or recall; null: it has none.
const v1::ItemRowRecall* recall_of(const v1::ItemRow& row, std::string_view agency);

// The place in the list of items: a case's together, the oldest first. 24 bytes.
std::string order_of(const v1::ItemRow& row);
// Where a case's begin, in this list and in that of its decisions, and where the next case's do;
// empty: nothing of that id has any.
inline std::string case_from(std::string_view case_id) { return log::packed(case_id); }
inline std::string case_below(std::string_view case_id) { return log::rows_below(case_id); }

// The row after an event of the decision's stream.
void evolve_row(v1::DecisionRow& row, const std::string& decision_id,
                const v1::DecisionEvent& event);

// Whether it names the agency as one that gets, or does not get, what it is about.
bool names(const v1::DecisionRow& row, std::string_view agency);

// The places in the list of all decisions, the newest first, and in that of each case's.
std::string order_of(const v1::DecisionRow& row);
std::string order_in_case(const v1::DecisionRow& row);

// The row after an event of the request's stream.
void evolve_row(v1::RequestRow& row, const std::string& request_id, const v1::RequestEvent& event);

// Its deadline, done when it was answered. None before it was asked.
std::optional<Deadline> deadline_of(const v1::RequestRow& row);

// The request as a list shows it at `now`.
v1::InformationRequest shown(const v1::RequestRow& row, Time now);

// The place in the list of requests: what is still to be answered first, what is due first in that;
// then what was answered last.
std::string order_of(const v1::RequestRow& row);
// Where those that are answered begin.
inline constexpr std::string_view kOrderOfAnswered = "\x01";

}  // namespace mash::sharing
