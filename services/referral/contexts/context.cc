#include "referral/contexts/context.h"

#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "referral/intake/forms.h"
#include "referral/people/relation.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

using Events = RiskContext::Events;

constexpr int kNamesMax = 20;

void check_names(const v1::RiskContext& sent, Checks& checks) {
  if (sent.name().empty()) checks.fault("context.name", "is missing");
  checks.line("context.name", sent.name());
  checks.line("context.handle", sent.handle());
  if (sent.also_known_as_size() > kNamesMax)
    checks.fault("context.also_known_as", "are more than " + std::to_string(kNamesMax) + " names");
  else
    for (const std::string& name : sent.also_known_as()) checks.line("context.also_known_as", name);
}

// What is known of a context, in the form it is kept in.
v1::RiskContext checked(const v1::RiskContext& sent, Checks& checks) {
  v1::RiskContext context = sent;
  if (!v1::RiskContextKind_IsValid(sent.kind()) || sent.kind() == v1::RISK_CONTEXT_KIND_UNSPECIFIED)
    checks.fault("context.kind", "is not a kind of context");
  check_names(sent, checks);
  checks.text("context.description", sent.description(), kTextBytesMax);
  if (!sent.postcode().empty()) {
    if (const auto postcode = as_postcode(sent.postcode()))
      context.set_postcode(*postcode);
    else
      checks.fault("context.postcode", "is not a postcode");
  }
  if (!sent.suspect_person_id().empty() &&
      sent.kind() != v1::RISK_CONTEXT_KIND_SUSPECTED_PERPETRATOR)
    checks.fault("context.suspect_person_id", "is given of something that is no person");
  return context;
}

}  // namespace

Result<Events> RiskContext::decide(const State& state, const v1::RegisterContextRequest& command,
                                   const Context& context) {
  if (state.known)
    return refuse(Code::kAlreadyExists, "CONTEXT_EXISTS", "There is a context with this id.");
  Checks checks;
  const v1::RiskContext known = checked(command.context(), checks);
  return checks.verdict().map([&] {
    Event event;
    event.mutable_registered()->set_agency(context.actor.agency);
    *event.mutable_registered()->mutable_context() = known;
    return only(std::move(event));
  });
}

Result<Events> RiskContext::decide(const State& state, const v1::CorrectContextRequest& command,
                                   const Context& context) {
  if (!state.known) return no_such("context");
  Checks checks;
  checks.text("reason", command.reason(), kNoteBytesMax);
  const v1::RiskContext known = checked(command.context(), checks);
  return checks.verdict().map([&] {
    Event event;
    v1::ContextCorrected& corrected = *event.mutable_corrected();
    corrected.set_agency(context.actor.agency);
    *corrected.mutable_context() = known;
    corrected.set_reason(command.reason());
    return only(std::move(event));
  });
}

Result<Events> RiskContext::decide(const State& state, const Relating& command,
                                   const Context& context) {
  if (!state.known) return no_such("context");
  v1::ContextRelation relation = command.request.relation();
  Checks checks;
  if (relation.person_id().empty()) checks.fault("relation.person_id", "is missing");
  checks.text("relation.part", relation.part(), kNoteBytesMax);
  if (relation.source().empty())
    checks.fault("relation.source", "is missing: say how it is known, and from whom");
  checks.text("relation.source", relation.source(), kNoteBytesMax);
  check_period("relation.", relation.since(), relation.until(), context.now, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.relations.size() >= kContextRelationsMax)
    return refuse(
        Code::kFailedPrecondition, "TOO_MANY_RELATIONS",
        "One context has at most " + std::to_string(kContextRelationsMax) + " relations.");
  Event event;
  relation.set_relation_id(fresh_id(context));
  relation.set_agency(context.actor.agency);
  to_proto(context.now, relation.mutable_recorded_at());
  *event.mutable_related()->mutable_relation() = std::move(relation);
  return only(std::move(event));
}

Result<Events> RiskContext::decide(const State& state, const Ending& command,
                                   const Context& context) {
  const v1::RelateContextRequest& request = command.request;
  if (!state.known) return no_such("context");
  const auto part = state.relations.find(request.ends_relation_id());
  if (part == state.relations.end()) return no_such("relation");
  Checks checks;
  check_period("relation.", "", request.relation().until(), context.now, checks);
  if (request.reason().empty()) checks.fault("reason", "is missing: say why it ends");
  checks.text("reason", request.reason(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (part->second.ended) return Events{};
  Event event;
  v1::ContextRelationEnded& ended = *event.mutable_relation_ended();
  ended.set_relation_id(request.ends_relation_id());
  ended.set_until(request.relation().until());
  ended.set_reason(request.reason());
  to_proto(context.now, ended.mutable_ended_at());
  return only(std::move(event));
}

RiskContext::State RiskContext::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kRegistered:
      state.known = true;
      return state;
    case Event::kCorrected:
      return state;
    case Event::kRelated:
      state.relations[event.related().relation().relation_id()] = {
          .person_id = event.related().relation().person_id()};
      return state;
    case Event::kRelationEnded:
      state.relations[event.relation_ended().relation_id()].ended = true;
      return state;
    case Event::KIND_NOT_SET:
      break;  // refused when read
  }
  return state;
}

}  // namespace mash::referral
