#include <utility>

#include "core/caller.h"
#include "core/checks.h"
#include "policy/challenges.h"
#include "sharing/decisions/decision.h"

// Who may disagree with a sharing decision, and who answers; how that goes through the levels is
// policy/challenges.h.
namespace mash::sharing {
namespace {

using Event = Decision::Event;
using Events = Decision::Events;
using State = Decision::State;
using policy::Challenge;

// Whom a decision concerns besides its maker once it came into force: those it names, and the
// hub's roles. To everyone else there is none.
Result<void> for_whom_it_concerns(const State& state, const Actor& actor) {
  const bool was_in_force = state.in_force() || state.status == v1::DECISION_STATUS_SUPERSEDED;
  const bool concerns = was_in_force && (is_hub(actor) || state.names(actor));
  if (!state.exists() || (!concerns && state.agency != actor.agency)) return no_such("decision");
  return {};
}

// The agency whose decision it is changes it, and challenges nobody.
Result<void> may_challenge(const State& state, const Actor& actor) {
  if (auto concerned = for_whom_it_concerns(state, actor); !concerned) return concerned;
  if (state.agency != actor.agency) return {};
  return refuse(Code::kFailedPrecondition, "OWN_DECISION",
                "The decision is the caller's own agency's: it puts another one in its place.");
}

Result<const Challenge*> known_challenge(const State& state, const std::string& challenge_id,
                                         const Actor& actor) {
  const Challenge* found = state.challenges.find(challenge_id);
  const bool may = found != nullptr &&
                   (is_hub(actor) || actor.agency == state.agency || actor.agency == found->agency);
  if (!may) return no_such("challenge");
  return found;
}

Result<Challenge::Step> next_step(const State& state, const v1::ChallengeDecisionRequest& command,
                                  const Context& context) {
  if (command.challenge_id().empty()) {
    if (state.in_force()) return state.challenges.raise(command.grounds(), context);
    return refuse(Code::kFailedPrecondition, "DECISION_NOT_IN_FORCE",
                  "Another decision stands in its place: challenge that one.");
  }
  return known_challenge(state, command.challenge_id(), context.actor)
      .and_then([&](const Challenge* challenge) {
        return challenge->go_up(command.grounds(), challenge->overdue(context.now), context);
      });
}

}  // namespace

Result<Events> Decision::decide(const State& state, const v1::ChallengeDecisionRequest& command,
                                const Context& context) {
  if (auto may = may_challenge(state, context.actor); !may) return tl::unexpected(may.error());
  Checks checks;
  checks.text("grounds", command.grounds(), kTextBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  auto step = next_step(state, command, context);
  if (!step) return tl::unexpected(step.error());
  Event event;
  v1::SharingDecisionChallenged& challenged = *event.mutable_challenged();
  challenged.set_challenge_id(command.challenge_id().empty() ? fresh_id(context)
                                                             : command.challenge_id());
  challenged.set_agency(context.actor.agency);
  challenged.set_decision_agency(state.agency);
  *challenged.mutable_step() = std::move(*step);
  return only(std::move(event));
}

Result<Events> Decision::decide(const State& state, const v1::AnswerChallengeRequest& command,
                                const Context& context) {
  if (auto concerned = for_whom_it_concerns(state, context.actor); !concerned)
    return tl::unexpected(concerned.error());
  if (context.actor.agency != state.agency)
    return refuse(Code::kFailedPrecondition, "NOT_THE_MAKER",
                  "A challenge is answered by the agency that made the decision.");
  Checks checks;
  if (command.resolution() == referral::v1::CHALLENGE_RESOLUTION_UNSPECIFIED)
    checks.fault("resolution", "is missing: how the challenge ends at this level");
  checks.text("answer", command.answer(), kTextBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const auto challenge = known_challenge(state, command.challenge_id(), context.actor);
  if (!challenge) return tl::unexpected(challenge.error());
  const std::string& by = context.actor.practitioner;
  const bool made_it = state.decided_by == by || state.signed_by == by;
  auto answer = (*challenge)->answer(command.resolution(), command.answer(), made_it, context);
  if (!answer) return tl::unexpected(answer.error());
  Event event;
  v1::SharingChallengeAnswered& answered = *event.mutable_challenge_answered();
  answered.set_challenge_id(command.challenge_id());
  *answered.mutable_step() = std::move(answer->step);
  answered.set_resolved(answer->resolved);
  answered.set_agency((*challenge)->agency);
  return only(std::move(event));
}

}  // namespace mash::sharing
