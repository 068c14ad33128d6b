#include <algorithm>

#include "core/caller.h"
#include "core/checks.h"
#include "referral/people/person.h"
#include "referral/people/relation.h"

// Who belongs to whom, and to which context of risk, as one person's stream has it.
namespace mash::referral {

using Events = Person::Events;

Result<Events> Person::decide(const State& state, const Relating& command,
                              const Context& /*context*/) {
  if (!state.known) return no_such("person");
  if (state.relations.size() >= kRelationsMax)
    return refuse(Code::kFailedPrecondition, "TOO_MANY_RELATIONS",
                  "One person has at most " + std::to_string(kRelationsMax) + " relations.");
  Event event;
  *event.mutable_related()->mutable_relation() = command.relation;
  return only(std::move(event));
}

Result<Events> Person::decide(const State& state, const Unrelating& command,
                              const Context& context) {
  const v1::UnrelatePersonsRequest& request = command.request;
  if (!state.known) return no_such("person");
  const auto relation = state.relations.find(request.relation_id());
  if (relation == state.relations.end()) return no_such("relation");
  Checks checks;
  check_period("", "", request.until(), context.now, checks);
  checks.text("reason", request.reason(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (relation->second.ended) return Events{};
  Event event;
  v1::PersonUnrelated& unrelated = *event.mutable_unrelated();
  unrelated.set_relation_id(request.relation_id());
  unrelated.set_other_person_id(relation->second.other_person_id);
  unrelated.set_until(request.until());
  unrelated.set_reason(request.reason());
  return only(std::move(event));
}

Result<Events> Person::decide(const State& state, const MeetingContext& command,
                              const Context& /*context*/) {
  if (!state.known) return no_such("person");
  if (state.contexts.size() >= kContextsMax)
    return refuse(Code::kFailedPrecondition, "TOO_MANY_CONTEXTS",
                  "One person has a part in at most " + std::to_string(kContextsMax) +
                      " contexts at a time; end those that are over.");
  Event event;
  event.mutable_met_context()->set_context_id(command.context_id);
  event.mutable_met_context()->set_relation_id(command.relation_id);
  return only(std::move(event));
}

Result<Events> Person::decide(const State& state, const LeavingContext& command,
                              const Context& /*context*/) {
  const auto met = state.contexts.find(command.relation_id);
  if (met == state.contexts.end()) return Events{};
  Event event;
  event.mutable_left_context()->set_context_id(met->second);
  event.mutable_left_context()->set_relation_id(command.relation_id);
  return only(std::move(event));
}

}  // namespace mash::referral
