#include "referral/person.h"

#include "referral/caller.h"
#include "referral/checks.h"
#include "referral/identity.h"

namespace mash::referral {
namespace {

Person::Events registered(const v1::Identity& identity, const std::string& referral_id,
                          const Context& context) {
  Person::Event event;
  v1::PersonRegistered& registered = *event.mutable_registered();
  registered.set_agency(context.actor.agency);
  registered.set_referral_id(referral_id);
  *registered.mutable_identity() = identity;
  return only(std::move(event));
}

Result<v1::Identity> checked(const v1::Identity& sent, Checks& checks, Time now) {
  v1::Identity identity = sent;
  check_identity("identity", identity, Whose::kAnyone, now, checks);
  return checks.verdict().map([&] { return identity; });
}

tl::unexpected<Error> already_known() {
  return refuse(Code::kAlreadyExists, "PERSON_EXISTS", "There is a person with this id.");
}

}  // namespace

bool Person::may_know(const State& state, const Actor& actor) {
  return state.known && (is_hub(actor) || state.agency == actor.agency);
}

Result<Person::Events> Person::decide(const State& state, const Newcomer& command,
                                      const Context& context) {
  if (state.known) return already_known();
  return registered(command.identity, command.referral_id, context);
}

Result<Person::Events> Person::decide(const State& state, const v1::RegisterPersonRequest& command,
                                      const Context& context) {
  if (state.known) return already_known();
  Checks checks(false);
  return checked(command.identity(), checks, context.now).map([&](const v1::Identity& identity) {
    return registered(identity, "", context);
  });
}

Result<Person::Events> Person::decide(const State& state, const v1::CorrectPersonRequest& command,
                                      const Context& context) {
  if (!may_know(state, context.actor)) return no_such("person");
  Checks checks(false);
  checks.text("reason", command.reason(), kNoteBytesMax);
  return checked(command.identity(), checks, context.now).map([&](const v1::Identity& identity) {
    Event event;
    v1::PersonCorrected& corrected = *event.mutable_corrected();
    corrected.set_agency(context.actor.agency);
    *corrected.mutable_identity() = identity;
    corrected.set_reason(command.reason());
    return Events{event};
  });
}

Person::State Person::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kRegistered:
      return {.known = true, .agency = event.registered().agency()};
    case Event::kCorrected:
    case Event::kToldOf:
    case Event::kSameProposed:
    case Event::kSameDecided:
    case Event::kNotSameDecided:
    case Event::kRelated:
    case Event::kUnrelated:
    case Event::kMetContext:
    case Event::kLeftContext:
      return state;
    case Event::KIND_NOT_SET:
      break;  // refused when read
  }
  return state;
}

}  // namespace mash::referral
