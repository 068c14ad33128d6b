#include <algorithm>

#include "core/caller.h"
#include "core/deadline.h"
#include "policy/challenges.h"
#include "referral/limits.h"
#include "referral/referral.h"
#include "referral/rules.h"

// Who may disagree with a decision, and who answers; how that goes through the levels is
// policy/challenges.h.
namespace mash::referral {
namespace {

using Event = Referral::Event;
using Events = Referral::Events;
using State = Referral::State;
using policy::Challenge;

// The challenge, for the hub and the agency whose it is.
Result<const Challenge*> known_challenge(const State& state, const std::string& challenge_id,
                                         const Actor& actor) {
  const Challenge* found = state.challenges.find(challenge_id);
  if (found == nullptr || (!is_hub(actor) && found->agency != actor.agency))
    return no_such("challenge");
  return found;
}

// A new challenge is of the decision in force.
Result<void> is_in_force(const State& state, const std::string& decision_id) {
  if (state.decision_id.empty())
    return refuse(Code::kFailedPrecondition, "NOTHING_DECIDED",
                  "There is no decision yet to disagree with.");
  if (decision_id != state.decision_id)
    return refuse(Code::kFailedPrecondition, "DECISION_NOT_IN_FORCE",
                  "This is not the decision in force: feedback names that one.");
  return {};
}

// Whether the time to answer a challenge, put off or not, has gone by without an answer.
bool is_overdue(const State& state, const std::string& challenge_id, Time now) {
  return std::ranges::any_of(state.clocks.all(), [&](const clocks::Clock& clock) {
    return owed_for(clock) == Owed::kChallenge && clock.id == challenge_id && clock.runs() &&
           clock.state(now) == DeadlineState::kMissed;
  });
}

}  // namespace

Result<Events> Referral::decide(const State& state, const v1::ChallengeDecisionRequest& command,
                                const Context& context) {
  if (auto may = for_those_who_told(state, context); !may) return tl::unexpected(may.error());
  const bool goes_up = !command.challenge_id().empty();
  Checks checks;
  checks.text("grounds", command.grounds(), kTextBytesMax);
  if (goes_up == !command.decision_id().empty())
    checks.fault("decision_id", goes_up ? "is given together with challenge_id"
                                        : "is missing: the decision, as feedback names it");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());

  Event event;
  v1::DecisionChallenged& challenged = *event.mutable_decision_challenged();
  challenged.set_agency(context.actor.agency);
  Result<v1::ChallengeStep> step;
  if (goes_up) {
    const auto challenge = known_challenge(state, command.challenge_id(), context.actor);
    if (!challenge) return tl::unexpected(challenge.error());
    challenged.set_challenge_id(command.challenge_id());
    challenged.set_decision_id((*challenge)->decision_id);
    step = (*challenge)
               ->go_up(command.grounds(), is_overdue(state, command.challenge_id(), context.now),
                       context);
  } else {
    if (auto may = is_in_force(state, command.decision_id()); !may)
      return tl::unexpected(may.error());
    challenged.set_challenge_id(fresh_id(context));
    challenged.set_decision_id(command.decision_id());
    step = state.challenges.raise(command.grounds(), context);
  }
  if (!step) return tl::unexpected(step.error());
  *challenged.mutable_step() = std::move(*step);
  return Events{std::move(event)};
}

Result<Events> Referral::decide(const State& state, const v1::AnswerChallengeRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  if (command.resolution() == v1::CHALLENGE_RESOLUTION_UNSPECIFIED)
    checks.fault("resolution", "is missing: how the challenge ends at this level");
  checks.text("answer", command.answer(), kTextBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const auto challenge = known_challenge(state, command.challenge_id(), context.actor);
  if (!challenge) return tl::unexpected(challenge.error());
  const auto maker = state.makers.find((*challenge)->decision_id);
  const bool made_it = maker != state.makers.end() && maker->second == context.actor.practitioner;
  auto answer = (*challenge)->answer(command.resolution(), command.answer(), made_it, context);
  if (!answer) return tl::unexpected(answer.error());

  Event event;
  v1::ChallengeAnswered& answered = *event.mutable_challenge_answered();
  answered.set_challenge_id(command.challenge_id());
  *answered.mutable_step() = std::move(answer->step);
  answered.set_resolved(answer->resolved);
  answered.set_agency((*challenge)->agency);
  return Events{event};
}

}  // namespace mash::referral
