#include "policy/challenges.h"

#include <algorithm>

#include "core/timestamp.h"
#include "policy/pack.h"

namespace mash::policy {
namespace {

namespace v1 = referral::v1;
using Step = Challenge::Step;

int levels_of(const Pack& pack) { return static_cast<int>(pack.challenge_levels().size()); }

Result<Step> step_at(int level, const std::string& grounds, const Context& context) {
  const ChallengeLevel& at = context.pack->challenge_levels()[static_cast<size_t>(level)];
  Step step;
  step.set_level(at.code);
  step.set_grounds(grounds);
  to_proto(context.now, step.mutable_raised_at());
  step.set_raised_by(context.actor.practitioner);
  return context.pack->deadline(at.answer, context.now, *context.calendar)
      .map([&](const Deadline& deadline) {
        to_proto(deadline, step.mutable_deadline());
        return std::move(step);
      });
}

}  // namespace

bool Challenge::answered() const {
  return step.resolution() != v1::CHALLENGE_RESOLUTION_UNSPECIFIED;
}

bool Challenge::overdue(Time now) const {
  if (answered()) return false;
  const auto deadline = from_proto(step.deadline());
  return deadline && deadline->state(now) == DeadlineState::kMissed;
}

Result<Step> Challenge::go_up(const std::string& grounds, bool late, const Context& context) const {
  if (agency != context.actor.agency)
    return refuse(Code::kFailedPrecondition, "NOT_THE_CHALLENGER",
                  "A challenge is taken to the next level by the agency that raised it.");
  if (resolved)
    return refuse(Code::kFailedPrecondition, "CHALLENGE_RESOLVED", "The challenge is resolved.");
  const int known = levels_of(*context.pack);
  const bool has_next = levels < known;
  // A pack that came since may have fewer levels: then the last one answers again.
  if (answered() || (has_next && late))
    return step_at(std::min(levels, known - 1), grounds, context);
  return refuse(Code::kFailedPrecondition, "CHALLENGE_NOT_ANSWERED",
                has_next ? "The challenge waits for an answer at the level where it stands, and "
                           "the time for that is not over."
                         : "The challenge waits for an answer at the last level.");
}

Result<Challenge::Answer> Challenge::answer(v1::ChallengeResolution resolution,
                                            const std::string& text, bool made_it,
                                            const Context& context) const {
  if (answered())
    return refuse(Code::kFailedPrecondition, "CHALLENGE_ANSWERED",
                  "The challenge is answered at the level where it stands.");
  const bool raised_it =
      agency == context.actor.agency && raised_by.contains(context.actor.practitioner);
  if (made_it || raised_it)
    return refuse(Code::kFailedPrecondition, "NOT_INDEPENDENT",
                  "Whoever made the decision or challenges it does not answer the challenge.");
  Answer answer{.step = step,
                .resolved = resolution != v1::CHALLENGE_RESOLUTION_NOT_UPHELD ||
                            levels >= levels_of(*context.pack)};
  answer.step.set_resolution(resolution);
  answer.step.set_answer(text);
  to_proto(context.now, answer.step.mutable_answered_at());
  answer.step.set_answered_by(context.actor.practitioner);
  return answer;
}

void Challenges::raised(const std::string& id, const std::string& decision_id,
                        const std::string& agency, const Step& step) {
  Challenge& challenge = by_id_[id];
  challenge.agency = agency;
  challenge.decision_id = decision_id;
  challenge.raised_by.insert(step.raised_by());
  challenge.step = step;
  ++challenge.levels;
}

void Challenges::answered(const std::string& id, const Step& step, bool resolved) {
  Challenge& challenge = by_id_[id];
  challenge.step = step;
  challenge.resolved = resolved;
}

void Challenges::recomputed(const std::string& id, const common::v1::Deadline& deadline) {
  if (const auto known = by_id_.find(id); known != by_id_.end())
    *known->second.step.mutable_deadline() = deadline;
}

const Challenge* Challenges::find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

Result<Step> Challenges::raise(const std::string& grounds, const Context& context) const {
  int open = 0;
  for (const auto& [id, challenge] : by_id_) {
    if (challenge.resolved) continue;
    if (challenge.agency == context.actor.agency)
      return refuse(Code::kFailedPrecondition, "CHALLENGE_OPEN",
                    "This agency has a challenge that is not resolved: go on with that one.");
    ++open;
  }
  if (open < kOpenChallengesMax) return step_at(0, grounds, context);
  return refuse(Code::kFailedPrecondition, "TOO_MANY_CHALLENGES",
                "As many challenges as can be are waiting to be resolved.");
}

}  // namespace mash::policy
