#pragma once
#include "core/context.h"
#include "core/result.h"
#include "strategy/conferences/conference.h"

namespace mash::strategy {

// What the commands of the hub ask of a conference that they change: NOT_FOUND, CONFERENCE_OVER.
Result<void> open_to_the_hub(const Conference::State& state, const Actor& actor);

// The time by which it is to be held, while that runs; null: none does.
const clocks::Clock* running(const Conference::State& state);

// That its time is counted anew.
Conference::Event due_again(const Deadline& before, const Deadline& now, const Context& context);

}  // namespace mash::strategy
