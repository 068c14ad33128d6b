#include "core/deadline.h"
#include "core/identifiers.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "referral/referral.h"
#include "referral/rules.h"

// Triage says how urgent a referral is, whose work, and what cannot be done in time.
namespace mash::referral {
namespace {

using Event = Referral::Event;
using Events = Referral::Events;
using State = Referral::State;

Result<void> is_open(const State& state) {
  if (state.stage == v1::REFERRAL_STAGE_CONTACT || state.stage == v1::REFERRAL_STAGE_REFERRAL)
    return {};
  return refuse(Code::kFailedPrecondition, "REFERRAL_NOT_OPEN",
                "Nothing is left to be decided: only what is still to be decided is rated.");
}

// By when agencies' answers are needed at this rating, if they had been asked when the contact
// came: counted from there whenever it is rated, and no later than the first decision.
Result<void> set_rated_clock(const State& state, v1::Rating rating, const Context& context,
                             Deadlines& deadlines) {
  const auto received = from_proto(state.received_at);
  if (!received) return tl::unexpected(received.error());
  return context.pack
      ->information_request(code_of(rating), *received, state.clocks.of_kind(kFirstDecision),
                            *context.calendar)
      .map([&](const Deadline& deadline) { to_proto(deadline, deadlines.Add()); });
}

}  // namespace

Result<Events> Referral::decide(const State& state, const v1::RateReferralRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  const bool changes = state.rating != v1::RATING_UNSPECIFIED && state.rating != command.rating();
  Checks checks;
  if (context.pack->rating(code_of(command.rating())) == nullptr)
    checks.fault("rating", "is not a rating of the policy pack in force");
  checks.text("rationale", command.rationale(), kNoteBytesMax);
  if (changes && command.rationale().empty())
    checks.fault("rationale", "is missing: a change of rating is explained");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto may = is_open(state); !may) return tl::unexpected(may.error());
  if (state.rating == command.rating()) return Events{};

  Event event;
  v1::ReferralRated& rated = *event.mutable_referral_rated();
  rated.mutable_rating()->set_rating(command.rating());
  rated.mutable_rating()->set_rationale(command.rationale());
  to_proto(context.now, rated.mutable_rating()->mutable_rated_at());
  return set_rated_clock(state, command.rating(), context, *rated.mutable_deadlines()).map([&] {
    return Events{std::move(event)};
  });
}

Result<Events> Referral::decide(const State& state, const v1::AssignReferralRequest& command,
                                const Context& context) {
  if (auto may = responsible_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  if (!command.assignee().empty() && !is_practitioner_id(command.assignee()))
    checks.fault("assignee",
                 "is not a practitioner's id: letters, digits and .:_- only, at most 64");
  checks.text("reason", command.reason(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.assignee == command.assignee()) return Events{};

  Event event;
  v1::ReferralAssigned& assigned = *event.mutable_assigned();
  assigned.set_assignee(command.assignee());
  assigned.set_reason(command.reason());
  to_proto(context.now, assigned.mutable_assigned_at());
  return Events{event};
}

// A deadline is put off with reasons while it runs, or it is missed: it never moves by itself.
Result<Events> Referral::decide(const State& state, const v1::ExtendDeadlineRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  checks.text("reasons", command.reasons(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const Deadline* deadline = state.clocks.of_kind(command.kind());
  if (deadline == nullptr)
    return refuse(Code::kFailedPrecondition, "NO_SUCH_DEADLINE",
                  "Nothing of this kind is due of the referral.");
  return from_proto(command.due())
      .and_then([&](Time due) { return extend(*deadline, due, command.reasons(), context.now); })
      .map([&](const Extension& extension) {
        Event event;
        v1::ReferralDeadlineExtended& extended = *event.mutable_deadline_extended();
        extended.set_kind(command.kind());
        to_proto(extension, extended.mutable_extension());
        return Events{std::move(event)};
      });
}

}  // namespace mash::referral
