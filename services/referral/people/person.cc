#include "referral/people/person.h"

#include "core/caller.h"
#include "referral/intake/intake_checks.h"
#include "referral/people/identity.h"

// A person becomes known, and is corrected; who is who and who belongs to whom have files of their
// own.
namespace mash::referral {
namespace {

using Events = Person::Events;

Events registered(const v1::Identity& identity, const std::string& referral_id,
                  const Context& context) {
  Person::Event event;
  v1::PersonRegistered& registered = *event.mutable_registered();
  registered.set_agency(context.actor.agency);
  registered.set_referral_id(referral_id);
  *registered.mutable_identity() = identity;
  return only(std::move(event));
}

tl::unexpected<Error> already_known() {
  return refuse(Code::kAlreadyExists, "PERSON_EXISTS", "There is a person with this id.");
}

void propose(Person::State& state, const v1::SamePersonProposed& event) {
  state.proposed.insert(event.other_person_id());
  state.proposals[event.other_person_id()] = event.referral_id();
}

}  // namespace

bool Person::may_know(const State& state, const Actor& actor) {
  return state.known && (is_hub(actor) || state.agencies.contains(actor.agency));
}

Person::Event Person::told_of(const std::string& agency, const std::string& referral_id) {
  Event event;
  event.mutable_told_of()->set_agency(agency);
  event.mutable_told_of()->set_referral_id(referral_id);
  return event;
}

Result<Events> Person::decide(const State& state, const Newcomer& command, const Context& context) {
  if (state.known) return already_known();
  return registered(command.identity, command.referral_id, context);
}

Result<Events> Person::decide(const State& state, const v1::RegisterPersonRequest& command,
                              const Context& context) {
  if (state.known) return already_known();
  IntakeChecks checks(false);
  v1::Identity identity = command.identity();
  check_identity("identity", identity, Whose::kAnyone, context.now, checks);
  return checks.verdict().map([&] { return registered(identity, "", context); });
}

Result<Events> Person::decide(const State& state, const Correction& command,
                              const Context& context) {
  if (!may_know(state, context.actor)) return no_such("person");
  const bool born = command.was_unborn && !command.request.identity().unborn();
  IntakeChecks checks(false);
  checks.text("reason", command.request.reason(), kNoteBytesMax);
  v1::Identity identity = command.request.identity();
  if (born) {
    identity.clear_expected_delivery();
    if (!identity.has_birth_date())
      checks.fault("identity.birth_date", "is missing: it says when the child was born");
  }
  check_identity("identity", identity, Whose::kAnyone, context.now, checks);
  return checks.verdict().map([&] {
    Event event;
    v1::PersonCorrected& corrected = *event.mutable_corrected();
    corrected.set_agency(context.actor.agency);
    *corrected.mutable_identity() = identity;
    corrected.set_reason(command.request.reason());
    corrected.set_born(born);
    corrected.set_unborn(identity.unborn() && !command.was_unborn);
    corrected.set_referral_id(state.referral_id);
    return only(std::move(event));
  });
}

Person::State Person::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kRegistered:
      state.known = true;
      state.referral_id = event.registered().referral_id();
      state.agencies.insert(event.registered().agency());
      return state;
    case Event::kCorrected:
      return state;
    case Event::kToldOf:
      state.agencies.insert(event.told_of().agency());
      return state;
    case Event::kSameProposed:
      propose(state, event.same_proposed());
      return state;
    case Event::kSameDecided:
      state.same_as.insert(event.same_decided().other_person_id());
      state.not_same_as.erase(event.same_decided().other_person_id());
      state.proposals.erase(event.same_decided().other_person_id());
      return state;
    case Event::kNotSameDecided:
      state.same_as.erase(event.not_same_decided().other_person_id());
      state.not_same_as.insert(event.not_same_decided().other_person_id());
      state.proposals.erase(event.not_same_decided().other_person_id());
      return state;
    case Event::kRelated:
      state.relations[event.related().relation().relation_id()] = {
          .other_person_id = event.related().relation().other_person_id()};
      return state;
    case Event::kUnrelated:
      state.relations[event.unrelated().relation_id()].ended = true;
      return state;
    case Event::kMetContext:
      state.contexts[event.met_context().relation_id()] = event.met_context().context_id();
      return state;
    case Event::kLeftContext:
      state.contexts.erase(event.left_context().relation_id());
      return state;
    case Event::KIND_NOT_SET:
      break;  // refused when read
  }
  return state;
}

}  // namespace mash::referral
