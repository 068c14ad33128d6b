#pragma once
#include <string>
#include <vector>

#include "core/clock.h"
#include "mash/strategy/v1/discussion_events.pb.h"

namespace mash::strategy {

// A discussion in full at `now`, from its events in order: with its texts where these are there.
// Which of its children are missing is not in its stream. Pure.
v1::DiscussionDetail detail_of(const std::string& discussion_id,
                               const std::vector<v1::DiscussionEvent>& events, Time now);

}  // namespace mash::strategy
