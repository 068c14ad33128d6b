#include <algorithm>

#include "core/caller.h"
#include "core/deadline.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "referral/limits.h"
#include "referral/referral.h"
#include "referral/rules.h"

// Somebody disagrees with a decision, through named levels, until that is resolved: Working
// Together 2018, chapter 1, paragraph 22, and chapter 2.
namespace mash::referral {
namespace {

using Event = Referral::Event;
using Events = Referral::Events;
using State = Referral::State;
using Challenge = Referral::Challenge;

// The challenge, for the hub and the agency whose it is.
Result<const Challenge*> known_challenge(const State& state, const std::string& challenge_id,
                                         const Actor& actor) {
  const auto found = state.challenges.find(challenge_id);
  const bool may =
      found != state.challenges.end() && (is_hub(actor) || found->second.agency == actor.agency);
  if (!may) return no_such("challenge");
  return &found->second;
}

// A new challenge is of the decision in force, and an agency has one at a time.
Result<void> may_challenge(const State& state, const std::string& decision_id,
                           const std::string& agency) {
  if (state.decision_id.empty())
    return refuse(Code::kFailedPrecondition, "NOTHING_DECIDED",
                  "There is no decision yet to disagree with.");
  if (decision_id != state.decision_id)
    return refuse(Code::kFailedPrecondition, "DECISION_NOT_IN_FORCE",
                  "This is not the decision in force: feedback names that one.");
  int open = 0;
  for (const auto& [id, challenge] : state.challenges) {
    if (challenge.resolved) continue;
    if (challenge.agency == agency)
      return refuse(Code::kFailedPrecondition, "CHALLENGE_OPEN",
                    "This agency has a challenge that is not resolved: go on with that one.");
    ++open;
  }
  if (open < kOpenChallengesMax) return {};
  return refuse(Code::kFailedPrecondition, "TOO_MANY_CHALLENGES",
                "As many challenges as can be are waiting to be resolved.");
}

int levels_of(const policy::Pack& pack) { return static_cast<int>(pack.challenge_levels().size()); }

// Whether the time to answer a challenge, put off or not, has gone by without an answer.
bool is_overdue(const State& state, const std::string& challenge_id, Time now) {
  return std::ranges::any_of(state.clocks.all(), [&](const Clocks::Clock& clock) {
    return clock.owed == Clocks::Owed::kChallenge && clock.id == challenge_id &&
           !clock.deadline.done_at && clock.deadline.state(now) == DeadlineState::kMissed;
  });
}

// A challenge goes up a level when the one below has answered that the decision stands, or has not
// answered in time and is not the last: silence must not hold it up.
Result<void> may_go_up(const State& state, const std::string& challenge_id,
                       const Challenge& challenge, const Context& context) {
  if (challenge.agency != context.actor.agency)
    return refuse(Code::kFailedPrecondition, "NOT_THE_CHALLENGER",
                  "A challenge is taken to the next level by the agency that raised it.");
  if (challenge.resolved)
    return refuse(Code::kFailedPrecondition, "CHALLENGE_RESOLVED", "The challenge is resolved.");
  const bool has_next = challenge.levels < levels_of(*context.pack);
  if (challenge.answered() || (has_next && is_overdue(state, challenge_id, context.now))) return {};
  return refuse(Code::kFailedPrecondition, "CHALLENGE_NOT_ANSWERED",
                has_next ? "The challenge waits for an answer at the level where it stands, and "
                           "the time for that is not over."
                         : "The challenge waits for an answer at the last level.");
}

// Whoever decided, or disagrees, does not judge between the two.
Result<void> may_answer(const State& state, const Challenge& challenge, const Actor& actor) {
  if (challenge.answered())
    return refuse(Code::kFailedPrecondition, "CHALLENGE_ANSWERED",
                  "The challenge is answered at the level where it stands.");
  const auto maker = state.makers.find(challenge.decision_id);
  const bool made_it = maker != state.makers.end() && maker->second == actor.practitioner;
  const bool raised_it =
      challenge.agency == actor.agency && challenge.raised_by.contains(actor.practitioner);
  if (!made_it && !raised_it) return {};
  return refuse(Code::kFailedPrecondition, "NOT_INDEPENDENT",
                "Whoever made the decision or challenges it does not answer the challenge.");
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
  size_t level = 0;
  if (goes_up) {
    const auto challenge = known_challenge(state, command.challenge_id(), context.actor);
    if (!challenge) return tl::unexpected(challenge.error());
    if (auto may = may_go_up(state, command.challenge_id(), **challenge, context); !may)
      return tl::unexpected(may.error());
    challenged.set_challenge_id(command.challenge_id());
    challenged.set_decision_id((*challenge)->decision_id);
    // A pack that came since may have fewer levels: then the last one answers again.
    level = static_cast<size_t>(std::min((*challenge)->levels, levels_of(*context.pack) - 1));
  } else {
    if (auto may = may_challenge(state, command.decision_id(), context.actor.agency); !may)
      return tl::unexpected(may.error());
    challenged.set_challenge_id(fresh_id(context));
    challenged.set_decision_id(command.decision_id());
  }
  challenged.set_agency(context.actor.agency);
  const policy::ChallengeLevel& at = context.pack->challenge_levels()[level];
  v1::ChallengeStep& step = *challenged.mutable_step();
  step.set_level(at.code);
  step.set_grounds(command.grounds());
  to_proto(context.now, step.mutable_raised_at());
  step.set_raised_by(context.actor.practitioner);
  return context.pack->deadline(at.answer, context.now, *context.calendar)
      .map([&](const Deadline& deadline) {
        to_proto(deadline, step.mutable_deadline());
        return Events{std::move(event)};
      });
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
  if (auto may = may_answer(state, **challenge, context.actor); !may)
    return tl::unexpected(may.error());

  Event event;
  v1::ChallengeAnswered& answered = *event.mutable_challenge_answered();
  answered.set_challenge_id(command.challenge_id());
  v1::ChallengeStep& step = *answered.mutable_step();
  step = (*challenge)->step;
  step.set_resolution(command.resolution());
  step.set_answer(command.answer());
  to_proto(context.now, step.mutable_answered_at());
  step.set_answered_by(context.actor.practitioner);
  answered.set_resolved(command.resolution() != v1::CHALLENGE_RESOLUTION_NOT_UPHELD ||
                        (*challenge)->levels >= levels_of(*context.pack));
  return Events{event};
}

}  // namespace mash::referral
