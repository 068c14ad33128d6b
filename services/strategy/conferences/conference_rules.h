#pragma once
#include "core/context.h"
#include "core/result.h"
#include "strategy/conferences/conference.h"

namespace mash::strategy {

// What the commands of the hub ask of a conference that they change: NOT_FOUND, CONFERENCE_OVER.
Result<void> open_to_the_hub(const Conference::State& state, const Actor& actor);

}  // namespace mash::strategy
