// What is due of a discussion: put off, spoken of, computed again.
#include <algorithm>
#include <utility>

#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/discussion_rules.h"

namespace mash::strategy {

using Events = Discussion::Events;

namespace {

// What somebody is to do their agency owes, all else the hub.
std::string owed_by(const Discussion::State& state, const std::string& id) {
  const Discussion::Action* action = state.action(id);
  return action == nullptr ? std::string() : action->agency;
}

}  // namespace

std::string Discussion::id_of_deadline(const State& state,
                                       const v1::ExtendDeadlineRequest& request) {
  if (!request.id().empty() || request.kind() != policy::kDiscussionRecord) return request.id();
  for (unsigned sitting = state.sitting(); sitting > 0; --sitting)
    if (const DiscussionClocks& clocks = state.clocks;
        clocks.find(request.kind(), record_id(sitting)) != nullptr)
      return record_id(sitting);
  return {};
}

Result<Events> Discussion::decide(const State& state, const v1::ExtendDeadlineRequest& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  checks.text("reasons", command.reasons(), kNoteBytesMax);
  const auto due = from_proto(command.due());
  if (!due) checks.fault("due", "is no time in the years 1 to 9999");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const DiscussionClocks& clocks = state.clocks;
  const std::string id = id_of_deadline(state, command);
  const clocks::Clock* clock = clocks.find(command.kind(), id);
  if (clock == nullptr)
    return refuse(Code::kFailedPrecondition, "NO_SUCH_DEADLINE",
                  "Nothing of this kind is due of the discussion.");
  return extend(clock->deadline, *due, command.reasons(), context.now)
      .map([&](const Extension& extension) {
        Event event;
        v1::StrategyDeadlineExtended& extended = *event.mutable_deadline_extended();
        extended.set_kind(command.kind());
        extended.set_id(id);
        to_proto(extension, extended.mutable_extension());
        extended.set_extended_by(context.actor.practitioner);
        extended.set_owed_by(owed_by(state, id));
        return only(std::move(event));
      });
}

Result<Events> Discussion::decide(const State& state, const clocks::Tell&, const Context& context) {
  return clocks::tell<Event>(state.clocks, context, [&](const common::v1::DeadlineTold& told) {
    return owed_by(state, told.id());
  });
}

Result<Events> Discussion::decide(const State& state, const clocks::Recompute&,
                                  const Context& context) {
  return clocks::recompute<Event>(state.clocks, context);
}

}  // namespace mash::strategy
