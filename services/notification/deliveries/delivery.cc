#include "notification/deliveries/delivery.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/caller.h"
#include "core/timestamp.h"

namespace mash::notification {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::seconds, kAttemptsMax - 1> kPauses = {5s,    30s, 2min, 10min,
                                                                        30min, 2h,  5h,   10h};

v1::DeliveryEvent given_up(uint32_t attempts, const Outcome& outcome, Time now) {
  v1::DeliveryEvent event;
  v1::DeliveryGivenUp& given_up = *event.mutable_given_up();
  given_up.set_attempts(attempts);
  given_up.set_reason(outcome.reason);
  given_up.set_code(outcome.code);
  to_proto(now, given_up.mutable_given_up_at());
  return event;
}

v1::DeliveryEvent failed(uint32_t attempt, const Outcome& outcome, Time now) {
  v1::DeliveryEvent event;
  v1::DeliveryFailed& failed = *event.mutable_failed();
  failed.set_attempt(attempt);
  failed.set_reason(outcome.reason);
  failed.set_code(outcome.code);
  to_proto(now, failed.mutable_failed_at());
  to_proto(now + pause_after(attempt), failed.mutable_next_at());
  return event;
}

}  // namespace

std::chrono::seconds pause_after(uint32_t attempt) {
  return kPauses.at(std::clamp<std::size_t>(attempt, 1, kPauses.size()) - 1);
}

bool sees_deliveries_of(const Actor& actor, const std::string& agency) {
  return actor.agency == agency || actor.role == "mash-manager" || actor.role == "operator";
}

Result<Delivery::Events> Delivery::decide(const State& state, const Begin& command,
                                          const Context&) {
  if (state.stage != Stage::kNone) return Events{};
  Event event;
  *event.mutable_due() = command.due;
  return Events{std::move(event)};
}

Result<Delivery::Events> Delivery::decide(const State& state, const Tried& command,
                                          const Context& context) {
  if (state.stage != Stage::kDue || command.attempt != state.attempts + 1) return Events{};
  switch (command.outcome.kind) {
    case Outcome::Kind::kTaken: {
      Event event;
      event.mutable_taken()->set_attempt(command.attempt);
      to_proto(context.now, event.mutable_taken()->mutable_taken_at());
      return Events{std::move(event)};
    }
    case Outcome::Kind::kRefused:
      return Events{given_up(command.attempt, command.outcome, context.now)};
    case Outcome::Kind::kFailed:
      if (command.attempt >= kAttemptsMax)
        return Events{given_up(command.attempt, command.outcome, context.now)};
      return Events{failed(command.attempt, command.outcome, context.now)};
  }
  return Events{};
}

Result<Delivery::Events> Delivery::decide(const State& state, const Drop& command,
                                          const Context& context) {
  if (state.stage != Stage::kDue && state.stage != Stage::kGivenUp) return Events{};
  Event event;
  event.mutable_dropped()->set_reason(command.reason);
  to_proto(context.now, event.mutable_dropped()->mutable_dropped_at());
  return Events{std::move(event)};
}

Result<Delivery::Events> Delivery::decide(const State& state, const Retry& command,
                                          const Context& context) {
  if (state.stage == Stage::kNone || !sees_deliveries_of(context.actor, state.agency))
    return no_such("delivery");
  if (state.stage == Stage::kDue) return Events{};
  if (command.notice_is_over && state.stage != Stage::kTaken)
    return refuse(
        Code::kFailedPrecondition, "NOTICE_OVER",
        "The agency said that it knows, or what the notice asks for was done: nobody need "
        "be told of it any more.");
  if (state.stage == Stage::kTaken)
    return refuse(Code::kFailedPrecondition, "NOT_UNDELIVERED", "It was delivered.");
  if (state.stage == Stage::kDropped)
    return refuse(Code::kFailedPrecondition, "NOT_UNDELIVERED",
                  "Its contact is not to be told of it any more, or may not be.");
  Event event;
  to_proto(context.now, event.mutable_retried()->mutable_retried_at());
  return Events{std::move(event)};
}

Delivery::State Delivery::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kDue:
      state.stage = Stage::kDue;
      state.agency = event.due().agency();
      state.notice_id = event.due().notice_id();
      state.contact_id = event.due().contact_id();
      return state;
    case Event::kFailed:
      state.attempts = event.failed().attempt();
      return state;
    case Event::kTaken:
      state.stage = Stage::kTaken;
      return state;
    case Event::kGivenUp:
      state.stage = Stage::kGivenUp;
      return state;
    case Event::kRetried:
      state.stage = Stage::kDue;
      state.attempts = 0;
      return state;
    case Event::kDropped:
      state.stage = Stage::kDropped;
      return state;
    case Event::KIND_NOT_SET:
      return state;
  }
  return state;
}

}  // namespace mash::notification
