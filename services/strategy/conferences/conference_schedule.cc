// A conference is asked for, opened by hand, and given a date.
#include <algorithm>
#include <utility>

#include "core/caller.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/checks.h"
#include "strategy/conferences/conference.h"
#include "strategy/conferences/conference_rules.h"

namespace mash::strategy {
namespace {

using Event = Conference::Event;
using Events = Conference::Events;
using State = Conference::State;
using std::chrono::days;

// A date may be entered while people are sitting down.
constexpr auto kLateEntry = std::chrono::hours(1);
constexpr auto kFurthestAhead = days(366);
// A birth is expected within these of today.
constexpr auto kExpectedBefore = days(300);
constexpr auto kExpectedAfter = days(30);

std::string_view timescale_of(v1::ConferenceKind kind) {
  switch (kind) {
    case v1::CONFERENCE_KIND_PRE_BIRTH:
      return policy::kPreBirthConference;
    case v1::CONFERENCE_KIND_TRANSFER_IN:
      return policy::kTransferInConference;
    case v1::CONFERENCE_KIND_INITIAL:
      return policy::kInitialConference;
    default:
      return "";
  }
}

void check_expected(const std::string& field, const google::protobuf::Timestamp& said, Time now,
                    Checks& checks) {
  const auto expected = from_proto(said);
  if (!expected)
    checks.fault(field, "is not a time");
  else if (*expected > now + kExpectedBefore || *expected < now - kExpectedAfter)
    checks.fault(field, "is no date on which a child who is not born yet can be expected");
}

void check_counted_from(const v1::ScheduleConferenceRequest& request, Time now, Checks& checks) {
  if (request.kind() == v1::CONFERENCE_KIND_PRE_BIRTH)
    check_expected("counted_from", request.counted_from(), now, checks);
  else
    checks.happened("counted_from", request.counted_from(), now);
}

void check_new(const Conference::Schedule& command, const Context& context, Checks& checks) {
  const v1::ScheduleConferenceRequest& request = command.request;
  if (timescale_of(request.kind()).empty())
    checks.fault("kind",
                 "is initial, pre-birth or transfer-in: reviews and core groups follow from these");
  check_children("child_ids", request.child_ids(), command.family, checks);
  if (request.has_counted_from())
    check_counted_from(request, context.now, checks);
  else
    checks.fault("counted_from", "is missing: from when its time is counted");
  if (request.has_expected_delivery())
    checks.fault("expected_delivery",
                 "goes with a conference that is due: of a new one it is counted_from");
  checks.text("reason", request.reason(), kTextBytesMax);
}

void check_old(const State& state, const v1::ScheduleConferenceRequest& request, Time now,
               Checks& checks) {
  const char* const of_a_new_one = "goes with a new conference";
  if (!request.case_id().empty()) checks.fault("case_id", of_a_new_one);
  if (request.kind() != v1::CONFERENCE_KIND_UNSPECIFIED) checks.fault("kind", of_a_new_one);
  if (!request.child_ids().empty()) checks.fault("child_ids", "go with a new conference");
  if (request.has_counted_from()) checks.fault("counted_from", of_a_new_one);
  if (!request.reason().empty()) checks.fault("reason", of_a_new_one);
  if (!request.has_scheduled_at() && !request.has_expected_delivery())
    checks.fault("scheduled_at", "is missing: when the conference is held");
  if (!request.has_expected_delivery()) return;
  check_expected("expected_delivery", request.expected_delivery(), now, checks);
  if (state.kind != v1::CONFERENCE_KIND_PRE_BIRTH)
    checks.fault("expected_delivery", "goes with a pre-birth conference");
}

void check_date(const v1::ScheduleConferenceRequest& request, Time now, Checks& checks) {
  if (!request.has_scheduled_at()) {
    if (!request.place().empty()) checks.fault("place", "goes with a date");
    if (!request.chair().empty()) checks.fault("chair", "goes with a date");
    return;
  }
  const auto at = from_proto(request.scheduled_at());
  if (!at || *at < now - kLateEntry || *at > now + kFurthestAhead)
    checks.fault("scheduled_at", "is not a time to come within a year");
  checks.text("place", request.place(), kNoteBytesMax);
  if (!request.chair().empty()) check_practitioner("chair", request.chair(), checks);
}

Result<void> may_chair(const Conference::Schedule& command, const Context& context) {
  const std::string& chair = command.request.chair();
  if (chair.empty()) return {};
  return may_take_part(command.family.access, context.actor.agency, chair);
}

Event scheduled(const v1::ScheduleConferenceRequest& request, const Context& context) {
  Event event;
  v1::ConferenceScheduled& scheduled = *event.mutable_scheduled();
  *scheduled.mutable_scheduled_at() = request.scheduled_at();
  scheduled.set_place(request.place());
  scheduled.set_chair(request.chair());
  scheduled.set_scheduled_by(context.actor.practitioner);
  to_proto(context.now, scheduled.mutable_recorded_at());
  return event;
}

// West Midlands procedures 1.18, pre-birth conferences: whatever made it due, it is held so long
// before the birth. What is past by then is due at once; a miss is not undone.
Result<Events> before_birth(const State& state, const v1::ScheduleConferenceRequest& request,
                            const Context& context) {
  const clocks::Clock* clock = running(state);
  if (!request.has_expected_delivery() || clock == nullptr) return Events{};
  auto latest = context.pack->deadline(policy::kPreBirthConference,
                                       *from_proto(request.expected_delivery()), *context.calendar);
  if (!latest) return tl::unexpected(latest.error());
  latest->due = std::max(latest->due, context.now);
  Event event = due_again(clock->deadline, capped(clock->deadline, *latest), context);
  *event.mutable_due_again()->mutable_expected_delivery() = request.expected_delivery();
  event.mutable_due_again()->set_before_birth(true);
  return only(std::move(event));
}

// What has to be held: a new one; or one that was asked for, which is an initial conference from
// now on.
Result<Events> made_due(const State& state, const Conference::Schedule& command,
                        const Context& context) {
  if (state.exists() && state.stage != v1::CONFERENCE_STAGE_REQUESTED)
    return before_birth(state, command.request, context);
  if (state.exists())
    return Conference::decide(
        {},
        Conference::FallDue{.kind = v1::CONFERENCE_KIND_INITIAL,
                            .case_id = state.case_id,
                            .child_ids = state.child_ids,
                            .timescale = std::string(policy::kInitialConference),
                            .counted_from = state.since},
        context);
  const v1::ScheduleConferenceRequest& request = command.request;
  return Conference::decide(
      state,
      Conference::FallDue{.kind = request.kind(),
                          .case_id = command.case_id,
                          .child_ids = {request.child_ids().begin(), request.child_ids().end()},
                          .timescale = std::string(timescale_of(request.kind())),
                          .counted_from = *from_proto(request.counted_from()),
                          .reason = request.reason()},
      context);
}

}  // namespace

Result<Events> Conference::decide(const State& state, const Schedule& command,
                                  const Context& context) {
  const v1::ScheduleConferenceRequest& request = command.request;
  const bool is_new = request.conference_id().empty();
  if (is_new && (state.exists() || !is_hub(context.actor))) return no_such("case");
  if (!is_new)
    if (auto may = open_to_the_hub(state, context.actor); !may) return tl::unexpected(may.error());
  Checks checks;
  if (is_new)
    check_new(command, context, checks);
  else
    check_old(state, request, context.now, checks);
  check_date(request, context.now, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto may = may_chair(command, context); !may) return tl::unexpected(may.error());
  auto events = made_due(state, command, context);
  if (events && request.has_scheduled_at()) events->push_back(scheduled(request, context));
  return events;
}

// Working Together 2018, chapter 1, outcome of section 47 enquiries: others who are involved may
// ask for a conference that children's social care did not call.
Result<Events> Conference::decide(const State& state, const RequestIt& command,
                                  const Context& context) {
  const v1::RequestConferenceRequest& request = command.request;
  if (!is_hub(context.actor) && !command.family.has_part(context.actor.agency))
    return no_such("case");
  Checks checks;
  check_children("child_ids", request.child_ids(), command.family, checks);
  check_text("reason", request.reason(), kTextBytesMax, "what may not be safeguarded", checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.exists())
    return refuse(Code::kAlreadyExists, "CONFERENCE_EXISTS",
                  "A conference with this id is there already.");
  if (command.one_is_open)
    return refuse(Code::kFailedPrecondition, "CONFERENCE_ALREADY_OPEN",
                  "A conference about one of these children is asked for already, or to be held.");
  const auto deadline =
      context.pack->deadline(policy::kConferenceRequest, context.now, *context.calendar);
  if (!deadline) return tl::unexpected(deadline.error());
  Event event;
  v1::ConferenceRequested& asked = *event.mutable_requested();
  asked.set_case_id(command.case_id);
  *asked.mutable_child_ids() = request.child_ids();
  asked.set_agency(context.actor.agency);
  asked.set_reason(request.reason());
  asked.set_requested_by(context.actor.practitioner);
  to_proto(context.now, asked.mutable_requested_at());
  to_proto(*deadline, asked.mutable_deadline());
  return only(std::move(event));
}

}  // namespace mash::strategy
