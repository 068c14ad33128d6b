#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/context.h"
#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/person_row.pb.h"

namespace mash::referral {

inline constexpr size_t kContactsKept = 50;  // a person's newest, in their row

// A person in the view of persons, folded from their events like a decider's state, so that what
// intake asks of somebody takes the same time after ten thousand contacts as after one. Pure.

// The row after an event of the person's stream, which stands at this position of the log.
void evolve_row(v1::PersonRow& row, const v1::PersonEvent& event, uint64_t position);

// The place in the view, compared bytewise: persons with a likeness that waits for a decision, the
// newest first; then the others. At most 9 bytes.
std::string order_of(const v1::PersonRow& row);

// Where those without begin.
inline constexpr std::string_view kOrderOfSettled = "\x01";

// Whether the caller may know the person, as far as the row tells: the hub, and agencies that told
// of them. Where the row has `more_agencies` and says no, the stream alone knows.
bool may_know(const v1::PersonRow& row, const Actor& actor);

// The ids in a field of packed ids, in their order.
std::vector<std::string> unpacked(std::string_view ids);

}  // namespace mash::referral
