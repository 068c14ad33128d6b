// Disagreement: said on the spot, or taken up the levels of the policy pack (policy/challenges.h).
#include <string>
#include <utility>

#include "core/timestamp.h"
#include "policy/challenges.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/discussion_rules.h"

namespace mash::strategy {
namespace {

using Event = Discussion::Event;
using Events = Discussion::Events;
using State = Discussion::State;
using policy::Challenge;

// Each invited agency speaks for itself; the hub for one that was there when it was decided.
Result<void> may_speak(const State& state, const Discussion::Decision& decision,
                       const std::string& agency, const Actor& actor) {
  if (agency == actor.agency && state.is_invited(agency)) return {};
  if (!is_hub(actor))
    return refuse(Code::kFailedPrecondition, "NOT_THE_AGENCY_INVITED",
                  "An agency says for itself that it disagrees.");
  if (decision.agencies.contains(agency)) return {};
  return refuse(Code::kFailedPrecondition, "NOT_IN_THE_ROOM",
                "Nobody of the agency was in the room when it was decided.");
}

Result<Challenge::Step> next_step(const State& state,
                                  const v1::ChallengeDiscussionDecisionRequest& command,
                                  const Context& context) {
  if (command.challenge_id().empty()) {
    if (state.decision(command.decision_id()) == nullptr) return no_such("decision");
    return state.challenges.raise(command.grounds(), context);
  }
  const Challenge* challenge = state.challenges.find(command.challenge_id());
  if (challenge == nullptr) return no_such("challenge");
  const DiscussionClocks& clocks = state.clocks;
  const clocks::Clock* clock =
      clocks.find(challenge->step.deadline().kind(), command.challenge_id());
  const bool late = !challenge->answered() && clock != nullptr && clock->runs() &&
                    clock->state(context.now) == DeadlineState::kMissed;
  return challenge->go_up(command.grounds(), late, context);
}

}  // namespace

Result<Events> Discussion::decide(const State& state, const v1::RecordDissentRequest& command,
                                  const Context& context) {
  if (auto may = for_those_in_it(state, context); !may) return tl::unexpected(may.error());
  const Decision* decision = state.decision(command.decision_id());
  if (decision == nullptr) return no_such("decision");
  Checks checks;
  check_text("reason", command.reason(), kTextBytesMax, "why the agency disagrees", checks);
  if (!command.agency().empty()) check_agency("agency", command.agency(), context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const std::string& agency = command.agency().empty() ? context.actor.agency : command.agency();
  if (auto may = may_speak(state, *decision, agency, context.actor); !may)
    return tl::unexpected(may.error());
  if (decision->dissenting.contains(agency))
    return refuse(Code::kFailedPrecondition, "ALREADY_DISSENTED",
                  "That the agency disagrees with it is on the record.");
  Event event;
  v1::Dissent& dissent = *event.mutable_dissent_recorded();
  dissent.set_decision_id(command.decision_id());
  dissent.set_agency(agency);
  dissent.set_reason(command.reason());
  dissent.set_said_by(context.actor.practitioner);
  to_proto(context.now, dissent.mutable_said_at());
  return only(std::move(event));
}

Result<Events> Discussion::decide(const State& state,
                                  const v1::ChallengeDiscussionDecisionRequest& command,
                                  const Context& context) {
  if (auto may = for_those_invited(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  check_text("grounds", command.grounds(), kTextBytesMax, "why it is thought wrong", checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  auto step = next_step(state, command, context);
  if (!step) return tl::unexpected(step.error());
  const Challenge* known = state.challenges.find(command.challenge_id());
  Event event;
  v1::DiscussionDecisionChallenged& challenged = *event.mutable_challenged();
  challenged.set_challenge_id(known == nullptr ? fresh_id(context) : command.challenge_id());
  challenged.set_decision_id(known == nullptr ? command.decision_id() : known->decision_id);
  challenged.set_agency(context.actor.agency);
  *challenged.mutable_step() = std::move(*step);
  return only(std::move(event));
}

Result<Events> Discussion::decide(const State& state, const v1::AnswerChallengeRequest& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  const Challenge* challenge = state.challenges.find(command.challenge_id());
  if (challenge == nullptr) return no_such("challenge");
  Checks checks;
  check_said("resolution", command.resolution(),
             referral::v1::ChallengeResolution_IsValid(command.resolution()),
             "how the challenge ends at this level", checks);
  check_text("answer", command.answer(), kTextBytesMax, "what the challenger is told", checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const Decision* decision = state.decision(challenge->decision_id);
  const bool made_it = decision != nullptr && decision->agency == context.actor.agency &&
                       decision->decided_by == context.actor.practitioner;
  auto answer = challenge->answer(command.resolution(), command.answer(), made_it, context);
  if (!answer) return tl::unexpected(answer.error());
  Event event;
  v1::DiscussionChallengeAnswered& answered = *event.mutable_challenge_answered();
  answered.set_challenge_id(command.challenge_id());
  *answered.mutable_step() = std::move(answer->step);
  answered.set_resolved(answer->resolved);
  answered.set_agency(challenge->agency);
  return only(std::move(event));
}

}  // namespace mash::strategy
